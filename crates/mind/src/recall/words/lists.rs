//! Small words of both languages, folded.

use crate::recall::lists::Words;

/// English words without a subject of their own, question words among them.
pub(super) static ENGLISH: Words = Words::new(
    "a about above after again all already also always am an and any are aren't arent as at be because \
    been before being below between both but by can can't cant could couldn't couldnt did didn't didnt \
    do does doesn't doesnt doing don't dont down during each else even ever few for from further get \
    gets getting got had hadn't has hasn't have haven't having he her here hers herself him himself his \
    how how's hows i i'd i'll i'm i've id if ill im in into is isn't isnt it it'd it'll it's its itself \
    ive just let's lets lot lots many may me might more most much my myself no nor not now of off on \
    once one only onto or other ought our ours ourselves out over own per r same shall she should \
    shouldn't since so some such than that that's the their theirs them themselves then there there's \
    theres these they they'd they'll they're they've this those through to too u under until up ur us \
    very via vs was wasn't we we'd we'll we're we've were weren't what what's whats when when's where \
    where's wheres whether which while who who's whom whos whose why will with within without won't \
    wont would wouldn't wouldnt yet you you'd you'll you're you've your youre yours yourself",
);

/// The same of Spanish, folded.
pub(super) static SPANISH: Words = Words::new(
    "a al algo algun alguna algunas alguno algunos ante antes aquel aquella aquello aqui asi aun aunque \
    cada como con contra cual cuales cualquier cuando cuanta cuantas cuanto cuantos da dan de debe \
    deben deberia debo del desde donde doy durante e el ella ellas ello ellos en entre era eran eres es \
    esa esas ese eso esos esta estaba estan estar estara estas este esto estos estoy fue fueron ha \
    haber habia habra hace hacen hacer haces hago han has hasta hay haya he hemos iba k la las le les \
    lo los mas me mi mia mias mio mis mucha muchas mucho muchos muy nada ni no nos nosotros nuestra \
    nuestras nuestro nuestros o os otra otras otro otros para pero poco podemos podria podrian por \
    porque pq puede pueden puedes puedo pues q que quien quienes se sea sean segun ser sera seria si \
    sido sin sino sobre solo son soy su sus suyo tal tambien tampoco tan tanto te teneis tenemos tener \
    tengo ti tiene tienen tienes toda todas todo todos tu tus tuyo un una unas uno unos usted ustedes \
    va vais vamos van vaya voy vuestra vuestro xq y ya yo",
);

/// What people put around a question, in both languages.
pub(super) static FRAMES: Words = Words::new(
    "able actually actualmente alguien also anyone anything ayuda buenas buenos come comes coming \
    consulta cosa cosas could currently dar decir decirme dias dices dime do doing duda entonces \
    exactamente exactly favor give gives go goes going gracias gustaria guy guys hace hacer hago happen \
    happens hello help hey hi hola ir keep know let like look make makes making maybe mean necesita \
    necesito need ok okay oye pasa pasan pasar perdon please pls plz poder pone poneis poner porfa \
    porfavor posible possible pregunta put quedar question quiero quisiera really saber say see someone \
    something still stuff take takes taking tell thank thanks there's thing things toma tomar tomo usa \
    usar use uses using uso vengo venir vez viene vosotros vuestros wanna want way wonder wondering \
    would",
);

/// Small words that English has and Spanish has not.
pub(super) static ENGLISH_ONLY: Words = Words::new(
    "and are at be can do does for from have how i if is it my not of our should that the there this to \
    was we what when where which who will with would you your",
);

/// Small words that Spanish has and English has not.
pub(super) static SPANISH_ONLY: Words = Words::new(
    "al como con cual cuando cuanta cuantas cuanto cuantos de del donde el en es esta este hay la las lo \
    los mas mi muy para pero por puedo que quien se si sin son su tengo tiene tienen tu un una y",
);

/// What nearly every document of a coach is about, in both languages.
pub(super) static GENERAL: Words = Words::new(
    "class classes course courses lesson lessons session sessions program programme plan plans group \
    groups clase clases curso cursos sesion sesiones programa grupo grupos planes people person gente \
    persona personas",
);
