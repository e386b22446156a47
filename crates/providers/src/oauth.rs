//! Log-in providers: Instagram, Facebook, TikTok and Google tell whose token it is, and for whom.
