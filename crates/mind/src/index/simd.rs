//! The loops that a search spends its time in, in AVX2 where the machine has it and in plain Rust where it has not.
//!
//! Both give the same bits: integers add up in any order, and the floating-point sum is defined lane by lane
//! ([`dot_plain`]), without fused multiplication. So a score does not depend on the machine that computed it.

use half::f16;

/// Rows of a block: their codes lie side by side, byte by byte, so that one register holds one byte of each.
pub(crate) const BLOCK: usize = 32;
/// Components are summed in this many lanes; stored vectors and queries are padded to a multiple of it.
pub(super) const LANES: usize = 32;

/// A query as the scan looks it up: for every four components, what each of the sixteen sign patterns is worth. A pair for
/// every byte of code, low half first.
pub(super) type Pattern = [[u8; 16]; 2];

/// The product of a stored vector and a query of the same padded length.
pub(super) fn dot(row: &[f16], query: &[f32]) -> f32 {
    assert!(row.len() == query.len() && row.len().is_multiple_of(LANES), "vectors are padded to whole lanes");
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("f16c") {
        #[expect(unsafe_code, reason = "calls a function compiled for AVX2 and F16C")]
        // SAFETY: the machine has both, as checked on the line above.
        return unsafe { avx2::dot(row, query) };
    }
    dot_plain(row, query)
}

/// The products of a row of whole numbers and two queries of whole numbers. All are of the same padded length, and no sum of
/// products may leave 32 bits: see [`super::query`].
pub(super) fn products(row: &[i8], queries: [&[i16]; 2]) -> [i32; 2] {
    let [one, other] = queries;
    assert!(
        row.len() == one.len() && row.len() == other.len() && row.len().is_multiple_of(LANES),
        "vectors are padded to whole lanes"
    );
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        #[expect(unsafe_code, reason = "calls a function compiled for AVX2")]
        // SAFETY: the machine has it, as checked on the line above.
        return unsafe { avx2::products(row, queries) };
    }
    queries.map(|query| product_plain(row, query))
}

/// The product of a row of whole numbers and one query.
pub(super) fn product(row: &[i8], query: &[i16]) -> i32 {
    assert!(row.len() == query.len() && row.len().is_multiple_of(LANES), "vectors are padded to whole lanes");
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        #[expect(unsafe_code, reason = "calls a function compiled for AVX2")]
        // SAFETY: the machine has it, as checked on the line above.
        return unsafe { avx2::product(row, query) };
    }
    product_plain(row, query)
}

fn product_plain(row: &[i8], query: &[i16]) -> i32 {
    row.iter().zip(query).map(|(&x, &y)| i32::from(x) * i32::from(y)).sum()
}

/// Adds up what the patterns of a block's rows are worth: `scores[row]`. Answers which rows reach `least`, a bit each.
pub(super) fn score_block(codes: &[u8], patterns: &[Pattern], least: u16, scores: &mut [u16; BLOCK]) -> u32 {
    assert_eq!(codes.len(), patterns.len() * BLOCK, "a block has one register of codes for every pattern");
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        #[expect(unsafe_code, reason = "calls a function compiled for AVX2")]
        // SAFETY: the machine has it, as checked on the line above.
        return unsafe { avx2::score_block(codes, patterns, least, scores) };
    }
    score_block_plain(codes, patterns, least, scores)
}

/// Does plain work by the widest registers that the machine has. The compiler knows what to do with them, and the results are
/// the same to the bit.
#[inline]
pub(super) fn widely<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn wide<T>(work: impl FnOnce() -> T) -> T {
            work()
        }
        if is_x86_feature_detected!("avx2") {
            #[expect(unsafe_code, reason = "calls a function compiled for AVX2")]
            // SAFETY: the machine has it, as checked on the line above.
            return unsafe { wide(work) };
        }
    }
    work()
}

/// Asks for a row before it is needed, so that rows from all over the memory do not wait for each other.
#[cfg_attr(not(target_arch = "x86_64"), expect(unused_variables, reason = "a hint only x86 is given"))]
pub(super) fn prefetch<T>(row: &[T]) {
    #[cfg(target_arch = "x86_64")]
    for line in row.chunks(64 / size_of::<T>()) {
        #[expect(unsafe_code, reason = "a hint to the cache is an intrinsic on a pointer")]
        // SAFETY: prefetching reads nothing and faults nowhere, and the address is of a live slice; SSE is part of x86-64.
        unsafe {
            std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(line.as_ptr().cast());
        }
    }
}

fn dot_plain(row: &[f16], query: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    for (row, query) in row.chunks_exact(LANES).zip(query.chunks_exact(LANES)) {
        for ((lane, x), y) in lanes.iter_mut().zip(row).zip(query) {
            *lane += x.to_f32() * y;
        }
    }
    let eighth = |i: usize| (lanes[i] + lanes[8 + i]) + (lanes[16 + i] + lanes[24 + i]);
    let quarter = |i: usize| eighth(i) + eighth(4 + i);
    (quarter(0) + quarter(2)) + (quarter(1) + quarter(3))
}

fn score_block_plain(codes: &[u8], patterns: &[Pattern], least: u16, scores: &mut [u16; BLOCK]) -> u32 {
    scores.fill(0);
    for (codes, [low, high]) in codes.chunks_exact(BLOCK).zip(patterns) {
        for (score, code) in scores.iter_mut().zip(codes) {
            *score += u16::from(low[usize::from(code & 15)]) + u16::from(high[usize::from(code >> 4)]);
        }
    }
    scores.iter().rev().fold(0, |bits, &score| bits << 1 | u32::from(score >= least))
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    #![expect(unsafe_code, reason = "loads and stores of registers take pointers")]
    #![expect(clippy::cast_ptr_alignment, reason = "every load and store here is an unaligned one")]

    use std::arch::x86_64::{
        __m128i, __m256, __m256i, _mm_add_epi32, _mm_add_ps, _mm_add_ss, _mm_cvtsi128_si32, _mm_cvtss_f32,
        _mm_loadu_si128, _mm_movehl_ps, _mm_shuffle_epi32, _mm_shuffle_ps, _mm256_add_epi8, _mm256_add_epi16,
        _mm256_add_epi32, _mm256_add_ps, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_castps256_ps128,
        _mm256_castsi256_si128, _mm256_cmpeq_epi16, _mm256_cvtepi8_epi16, _mm256_cvtph_ps, _mm256_extractf128_ps,
        _mm256_extracti128_si256, _mm256_loadu_ps, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_max_epu16,
        _mm256_movemask_epi8, _mm256_mul_ps, _mm256_packs_epi16, _mm256_permute2x128_si256, _mm256_permute4x64_epi64,
        _mm256_set1_epi8, _mm256_set1_epi16, _mm256_setzero_ps, _mm256_setzero_si256, _mm256_shuffle_epi8,
        _mm256_srli_epi16, _mm256_storeu_si256, _mm256_unpackhi_epi16, _mm256_unpacklo_epi16,
    };

    use half::f16;

    use super::{BLOCK, LANES, Pattern};

    /// As [`super::dot_plain`], lane for lane.
    #[target_feature(enable = "avx2,f16c")]
    pub(super) fn dot(row: &[f16], query: &[f32]) -> f32 {
        let mut lanes: [__m256; 4] = [_mm256_setzero_ps(); 4];
        for (row, query) in row.chunks_exact(LANES).zip(query.chunks_exact(LANES)) {
            for (i, lane) in lanes.iter_mut().enumerate() {
                // SAFETY: both chunks have LANES = 4 × 8 elements, and i < 4: the loads, which need no alignment, end
                // within them. f16 is a transparent u16.
                let (x, y) = unsafe {
                    let x = _mm_loadu_si128(row.as_ptr().add(8 * i).cast::<__m128i>());
                    (_mm256_cvtph_ps(x), _mm256_loadu_ps(query.as_ptr().add(8 * i)))
                };
                *lane = _mm256_add_ps(*lane, _mm256_mul_ps(x, y));
            }
        }
        let [a, b, c, d] = lanes;
        let eighths = _mm256_add_ps(_mm256_add_ps(a, b), _mm256_add_ps(c, d));
        let quarters = _mm_add_ps(_mm256_castps256_ps128(eighths), _mm256_extractf128_ps::<1>(eighths));
        let halves = _mm_add_ps(quarters, _mm_movehl_ps(quarters, quarters));
        _mm_cvtss_f32(_mm_add_ss(halves, _mm_shuffle_ps::<1>(halves, halves)))
    }

    /// As [`super::product_plain`].
    #[target_feature(enable = "avx2")]
    pub(super) fn product(row: &[i8], query: &[i16]) -> i32 {
        let mut sums = [_mm256_setzero_si256(); 2];
        for (row, query) in row.chunks_exact(LANES).zip(query.chunks_exact(LANES)) {
            for (i, sum) in sums.iter_mut().enumerate() {
                let products = _mm256_madd_epi16(wide(row, i), sixteen(query, i));
                *sum = _mm256_add_epi32(*sum, products);
            }
        }
        total(_mm256_add_epi32(sums[0], sums[1]))
    }

    /// As [`super::product_plain`], twice.
    #[target_feature(enable = "avx2")]
    pub(super) fn products(row: &[i8], [one, other]: [&[i16]; 2]) -> [i32; 2] {
        let mut sums = [_mm256_setzero_si256(); 4];
        let queries = one.chunks_exact(LANES).zip(other.chunks_exact(LANES));
        for (row, (one, other)) in row.chunks_exact(LANES).zip(queries) {
            for i in 0..2 {
                let row = wide(row, i);
                sums[2 * i] = _mm256_add_epi32(sums[2 * i], _mm256_madd_epi16(row, sixteen(one, i)));
                sums[2 * i + 1] = _mm256_add_epi32(sums[2 * i + 1], _mm256_madd_epi16(row, sixteen(other, i)));
            }
        }
        [total(_mm256_add_epi32(sums[0], sums[2])), total(_mm256_add_epi32(sums[1], sums[3]))]
    }

    /// Sixteen whole numbers of a row's lanes, the first (0) or the second (1), in sixteen bits each.
    #[target_feature(enable = "avx2")]
    fn wide(row: &[i8], half: usize) -> __m256i {
        assert!(row.len() == LANES && half < 2, "half of the lanes are one register");
        // SAFETY: the load, which needs no alignment, ends within the lanes, as checked on the line above.
        _mm256_cvtepi8_epi16(unsafe { _mm_loadu_si128(row.as_ptr().add(16 * half).cast::<__m128i>()) })
    }

    /// Sixteen numbers of a query's lanes, the first (0) or the second (1).
    #[target_feature(enable = "avx2")]
    fn sixteen(query: &[i16], half: usize) -> __m256i {
        assert!(query.len() == LANES && half < 2, "half of the lanes are one register");
        // SAFETY: the load, which needs no alignment, ends within the lanes, as checked on the line above.
        unsafe { _mm256_loadu_si256(query.as_ptr().add(16 * half).cast::<__m256i>()) }
    }

    /// The sum of the eight numbers of a register.
    #[target_feature(enable = "avx2")]
    fn total(eight: __m256i) -> i32 {
        let four = _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256::<1>(eight));
        let two = _mm_add_epi32(four, _mm_shuffle_epi32::<0b01_00_11_10>(four));
        _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32::<0b10_11_00_01>(two)))
    }

    /// As [`super::score_block_plain`].
    #[target_feature(enable = "avx2")]
    pub(super) fn score_block(codes: &[u8], patterns: &[Pattern], least: u16, scores: &mut [u16; BLOCK]) -> u32 {
        let half = _mm256_set1_epi8(15);
        let byte = _mm256_set1_epi16(255);
        let [mut even, mut odd] = [_mm256_setzero_si256(); 2];
        for (codes, [low, high]) in codes.chunks_exact(BLOCK).zip(patterns) {
            // SAFETY: the chunk has BLOCK = 32 bytes, each half of a pattern 16; the loads need no alignment.
            let (codes, low, high) = unsafe {
                (
                    _mm256_loadu_si256(codes.as_ptr().cast::<__m256i>()),
                    _mm256_broadcastsi128_si256(_mm_loadu_si128(low.as_ptr().cast::<__m128i>())),
                    _mm256_broadcastsi128_si256(_mm_loadu_si128(high.as_ptr().cast::<__m128i>())),
                )
            };
            let low = _mm256_shuffle_epi8(low, _mm256_and_si256(codes, half));
            let high = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16::<4>(codes), half));
            // A pattern is worth at most 127 (`Sketch::patterns`): two of them fit a byte.
            let both = _mm256_add_epi8(low, high);
            even = _mm256_add_epi16(even, _mm256_and_si256(both, byte));
            odd = _mm256_add_epi16(odd, _mm256_srli_epi16::<8>(both));
        }
        // Rows 0–7 and 16–23, then 8–15 and 24–31.
        let [a, b] = [_mm256_unpacklo_epi16(even, odd), _mm256_unpackhi_epi16(even, odd)];
        let first = _mm256_permute2x128_si256::<0x20>(a, b);
        let second = _mm256_permute2x128_si256::<0x31>(a, b);
        // SAFETY: the 32 scores of two bytes are two registers; the stores need no alignment.
        unsafe {
            let to = scores.as_mut_ptr().cast::<__m256i>();
            _mm256_storeu_si256(to, first);
            _mm256_storeu_si256(to.add(1), second);
        }
        let least = _mm256_set1_epi16(least.cast_signed());
        let [first, second] = [first, second].map(|x| _mm256_cmpeq_epi16(_mm256_max_epu16(x, least), x));
        let bytes = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi16(first, second));
        _mm256_movemask_epi8(bytes).cast_unsigned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_product_is_the_same_to_the_bit(
            pairs in prop::collection::vec((-2.0_f32..2.0, -2.0_f32..2.0), 1..12 * LANES)
        ) {
            let padded = pairs.len().next_multiple_of(LANES);
            let mut row = vec![f16::ZERO; padded];
            let mut query = vec![0.0; padded];
            for (i, (x, y)) in pairs.into_iter().enumerate() {
                (row[i], query[i]) = (f16::from_f32(x), y);
            }
            prop_assert_eq!(dot(&row, &query).to_bits(), dot_plain(&row, &query).to_bits());
        }

        #[test]
        fn products_of_whole_numbers_are_the_same(
            parts in prop::collection::vec((-127_i8..=127, -32_767_i16..=32_767, -32_767_i16..=32_767), 1..9 * LANES)
        ) {
            let padded = parts.len().next_multiple_of(LANES);
            let mut row = vec![0; padded];
            let mut queries = [vec![0; padded], vec![0; padded]];
            for (i, (x, one, other)) in parts.into_iter().enumerate() {
                (row[i], queries[0][i], queries[1][i]) = (x, one, other);
            }
            let queries = queries.each_ref().map(Vec::as_slice);
            let plain = queries.map(|query| product_plain(&row, query));
            prop_assert_eq!(products(&row, queries), plain);
            prop_assert_eq!(queries.map(|query| product(&row, query)), plain);
        }

        #[test]
        fn the_scores_are_the_same(
            patterns in prop::collection::vec(prop::array::uniform2(prop::array::uniform16(0_u8..=127)), 1..80),
            seed in any::<u64>(),
            least in any::<u16>(),
        ) {
            let mut state = seed | 1;
            let codes: Vec<u8> = (0..patterns.len() * BLOCK).map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 56) as u8
            }).collect();
            let [mut here, mut plain] = [[0; BLOCK]; 2];
            for least in [least, 0, u16::MAX, 127 * patterns.len() as u16] {
                let reached = score_block(&codes, &patterns, least, &mut here);
                prop_assert_eq!(reached, score_block_plain(&codes, &patterns, least, &mut plain));
                prop_assert_eq!(here, plain);
                for (row, &score) in here.iter().enumerate() {
                    prop_assert_eq!(reached >> row & 1 == 1, score >= least);
                }
            }
        }
    }
}
