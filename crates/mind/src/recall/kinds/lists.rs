//! Words and phrases that tell what a question wants, and what facts a sentence holds; both languages, folded.

use crate::recall::lists::{Phrases, Words};

pub(super) static CONTACT: Phrases = Phrases::new(
    "phone|telephone|whatsapp|wasap|whatsap|email|e mail|mail address|telefono|correo|contact|contacto|\
    contactar|number do i call|reach you|call you|movil de|instagram|website|pagina web|\
    numero de telefono",
);

pub(super) static RATES: Phrases = Phrases::new(
    "how often|cada cuanto|cada cuantos|cada cuantas|con que frecuencia|how many times|cuantas veces|\
    q frecuencia",
);

pub(super) static DURATIONS: Phrases = Phrases::new(
    "how long|cuanto dura|cuanto duran|cuanto tiempo|cuanto tarda|cuanto tardo|cuanto tardan|\
    cuantos dias|cuantos meses|cuantas semanas|cuantas horas|cuantos minutos|how many days|\
    how many weeks|how many months|how many hours|how many minutes|how soon|how fast|cuanto aguanta|\
    cuanto descanso|duracion|how far ahead|how far in advance|con cuanta antelacion|how quickly",
);

pub(super) static CLOCKS: Phrases = Phrases::new(
    "what time|which time|a que hora|que hora|a q hora|q hora|opening hours|horario|horarios|what hours|\
    que horas|at what hour|wat time",
);

pub(super) static AMOUNTS: Phrases = Phrases::new(
    "how many|how old|how big|how tall|how far|how heavy|cuantos|cuantas|cuanta|que edad|what age|\
    how much of|how much can i put|how much should|minimum age|edad minima|what percentage|\
    que porcentaje|how much protein|how much water|how much time|maximum|maximo|how high|how hot|\
    que temperatura|what temperature|desde que edad|how much notice",
);

pub(super) static PRICES: Phrases = Phrases::new(
    "how much|price|prices|cost|costs|fee|fees|rate|cuanto cuesta|cuanto cuestan|cuanto vale|\
    cuanto valen|cuanto es|cuanto sale|cuanto cobra|cuanto cobran|cuanto cobrais|precio|precios|tarifa|\
    tarifas|cuanto pago|cuanto hay que pagar|cuanto son|pricing|cuesta|cuestan|q cuesta|q vale|\
    cuanto me cuesta|cuanto me cobran|cuanto me cobrais|cuanto seria|charge for|what do you charge|\
    deposit|a cuanto",
);

pub(super) static DAYS: Phrases = Phrases::new(
    "what day|what days|which day|which days|que dia|que dias|q dia|q dias|what date|what dates|dates|\
    fecha|fechas|day of the week",
);

pub(super) static WHENS: Phrases = Phrases::new(
    "when|whens|when's|cuando|what day|what days|which day|which days|que dia|que dias|q dia|q dias|\
    what date|what dates|dates|fecha|fechas|until when|deadline|plazo|which month|que mes|\
    desde que semana|which week",
);

pub(super) static YES_NO: Phrases = Phrases::new(
    "do|does|did|is|are|am|can|could|may|will|would|should|have|has|must|es|son|hay|esta|estan|puedo|\
    puede|podemos|puedes|se puede|tengo|tiene|teneis|tienen|tienes|aceptais|aceptan|hace falta|dais|\
    haceis|ofreceis|ofrecen|necesito|vale|sirve|dan|hacen|me devolveis|debo|tenemos|existe|cerrais|abris",
);

pub(super) static MONEY_WORDS: Words = Words::new(
    "eur euro euros usd dollar dollars dolar dolares pound pounds libra libras peso pesos mxn free \
    gratis gratuito gratuita gbp",
);

pub(super) static UNITS: Words = Words::new(
    "minute minutes min mins hour hours day days week weeks month months year years second seconds \
    minuto minutos hora horas dia dias semana semanas mes meses ano anos segundo segundos trimestre \
    fortnight quincena weekends evenings nights noches",
);

pub(super) static CALENDAR: Words = Words::new(
    "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays \
    fridays saturdays sundays weekday weekdays weekend weekends lunes martes miercoles jueves viernes \
    sabado sabados domingo domingos laborables january february march april june july august september \
    october november december enero febrero marzo abril mayo junio julio agosto septiembre octubre \
    noviembre diciembre tomorrow payday spring summer autumn winter primavera verano otono invierno 1st",
);

pub(super) static NUMBERS: Words = Words::new(
    "one two three four five six seven eight nine ten eleven twelve fourteen fifteen sixteen eighteen \
    twenty thirty forty fifty sixty seventy eighty ninety hundred once twice half dos tres cuatro cinco \
    seis siete ocho nueve diez doce catorce quince dieciseis dieciocho veinte treinta cuarenta \
    cincuenta sesenta cien mitad doble",
);

pub(super) static NOT: Words =
    Words::new("no not never nobody nothing none neither nor without nunca nadie nada ni sin cannot tampoco");

pub(super) static MODALS: Words = Words::new(
    "yes can may must should need needs allowed possible only always si puede puedes pueden podeis debe \
    debes claro solo posible hace falta permite aceptamos tenemos hay welcome included incluido \
    incluida free gratis have take accept offer ofrecemos damos hacemos",
);

pub(super) static REASONS: Words = Words::new("because since so otherwise porque ya asi pues due debido therefore");

pub(super) static PLACES: Words = Words::new(
    "woods field garden park parque jardin gym gimnasio studio estudio puerta door bar behind junto \
    corner esquina school escuela library libreria biblioteca kitchen cocina shop tienda market mercado \
    beach playa street road avenue square lane floor building room row plaza calle avenida paseo piso \
    planta local edificio aula sala carretera barrio station estacion office oficina online app portal \
    centre center centro house hall place account universidad university cafe web website freezer \
    fridge nevera",
);

pub(super) static RATE_WORDS: Words = Words::new(
    "every each per daily weekly monthly yearly once twice times cada vez veces diario diaria semanal \
    mensual todos todas",
);

pub(super) static WHOS: Phrases = Phrases::new("who|whos|who's|whom|quien|quienes");

pub(super) static WHERES: Phrases =
    Phrases::new("where|wheres|where's|donde|adonde|address|direccion|location|ubicacion");

pub(super) static WHYS: Phrases = Phrases::new("why|por que|porque|xq|pq|how come");

pub(super) static HOWS: Phrases = Phrases::new("how do|how to|how can|how does|how should|como");

pub(super) static FOR_PRICE: Words = Words::new(
    "cost costs price prices pricing fee fees rate charge charged cuesta cuestan vale valen precio \
    precios tarifa tarifas cobra cobran cobrais costar coste money",
);

pub(super) static FOR_CONTACT: Words =
    Words::new("phone telephone number telefono numero email mail correo contact contacto contactar reach call");

pub(super) static FOR_WHEN: Words =
    Words::new("date dates day days fecha fechas dia dias start starts begin begins empieza empiezan month week");

pub(super) static FOR_CLOCK: Words =
    Words::new("time hora horas hours open opens opening abre abris abren horario horarios start starts empieza");

pub(super) static FOR_DURATION: Words =
    Words::new("long last lasts dura duran duracion takes take tarda tardo tiempo soon fast far ahead");

pub(super) static FOR_AMOUNT: Words = Words::new("old age edad big minimum minima maximum maximo many");

pub(super) static FOR_WHERE: Words = Words::new("address direccion location ubicacion located");

pub(super) static FOR_RATE: Words = Words::new("often frecuencia veces times");
