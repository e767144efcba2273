"""Ten invented news stories, in five languages. Nothing in them happened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Story:
    """A title and paragraphs; one that begins with `> ` is quoted at length, `# ` a subheading."""

    slug: str
    language: str
    title: str
    day: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """All that a reader should get."""
        return "\n".join((self.title, *(one.removeprefix("> ").removeprefix("# ")
                                        for one in self.paragraphs)))  # fmt: skip


def _story(slug: str, language: str, day: str, told: str) -> Story:
    title, *paragraphs = (" ".join(part.split()) for part in told.strip().split("\n\n"))
    return Story(slug, language, title, day, tuple(paragraphs))


STORIES = [
    _story("ferry", "en", "2024-03-04", """
Ferry crews reopen the Halsund crossing after eleven days of ice

The first ferry in eleven days left Halsund shortly before dawn on Monday, pushing through a channel
that two tugs had kept open all night. On board were forty lorries, a school orchestra and the
island's only dentist, who had been stranded on the mainland since the harbour froze.

Harbour master Ingrid Solvang said the ice had been thicker than at any time since records began to
be kept in a ledger in her office. Crews worked in shifts of three hours, because nobody could stand
the wind on the open deck for longer than that.

> We have had cold winters before, but never one in which the sea made so much noise. At night it
sounded as if somebody were moving furniture under the floor of the whole town.

Shops on the island had begun to ration milk and flour, and the clinic sent two patients across by
helicopter. The council says that nobody went hungry, although the last fresh vegetables were sold
by auction outside the church.

# What happens next

Engineers will inspect the pier on Wednesday, where a bollard the size of a small car was torn from
its bed. Until they have finished, only one ship at a time may berth, and drivers should expect to
wait for two hours or more.
"""),
    _story("market", "en", "2023-11-18", """
Covered market in Old Varna quarter closes for repairs that traders fear may last

Traders in the covered market packed their scales into vans on Saturday as the city closed the hall
for repairs to its roof. The council promised that the work would be done within ninety days; the
traders, who have heard such promises before, have rented stalls elsewhere until the autumn.

The hall was built for grain and has sheltered butchers, watchmakers and a fortune teller. Rain now
comes through in nineteen places, which the traders know by name and by the bucket that stands
beneath each of them.

Engineers found in September that four of the iron ribs had rusted through where they meet the
wall. A report to the council, seen by reporters, spoke of a risk that could not be borne for
another winter of snow.

Elena Marinova, who has sold honey near the eastern door for thirty-one years, said she would come
back if there was a door to come back to. Her daughter has already moved the business to a
website, and says that bees do not mind.

The mayor's office said that every trader would keep the right to the old place at the old rent for
two years. The association of traders wants this in writing, and has called a meeting for Tuesday
evening in the school opposite.
"""),
    _story("bridge", "en", "2024-06-21", """
Night of shelling leaves a bridge across the Sorna impassable, officials say

A bridge that carried most of the traffic across the Sorna was hit at least four times during the
night and can no longer be used, the regional administration said on Friday. Two people who were
guarding it were killed and five were taken to hospital with injuries from shrapnel.

The shelling began a little after one in the morning and went on for about forty minutes, residents
of the nearest village said by telephone. Windows were broken in the school, and a barn with hay
burnt down, but the people had gone to the cellars when the first siren sounded.

Military spokesman Colonel Petro Hrynko said that the army had expected an attack and had moved its
heavy vehicles over the river the week before. The claim could not be verified independently.

Engineers have begun to lay pontoons downstream. The crossing will at first be open to ambulances
and to lorries with food; private cars have to take the road by the dam, which is longer by sixty
kilometres and in places no wider than one lane.

Volunteers brought water and bread to the villages on the eastern bank by boat on Friday afternoon.
They said that older people in particular were unwilling to leave their houses, and asked for
plastic sheeting, batteries and medicine for the heart.
"""),
    _story("strike", "en", "2025-01-30", """
Tram drivers walk out over rosters as talks break down in the early hours

Trams stood in their depots across the city on Thursday after talks about rosters broke down at
three in the morning. The union said that nine in ten of its members had voted to stop work for two
days, and that a longer strike was possible in February.

At the heart of the dispute is a computer program that plans shifts. Drivers say it gives them
breaks of nineteen minutes at stops where there is neither a toilet nor a kettle; the company says
that it has cut delays by a fifth and is open to changes.

> Nobody here wants to strike. We want a shift that was made by somebody who has sat in the cab
for nine hours, on the line with the cobbles, in January.

Schools opened later than usual and the bicycle hire stations in the centre were empty by seven.
Police counted a queue of six kilometres on the ring road, where a lorry with oranges had lost a
part of its load.

The mayor offered to mediate and suggested a retired judge as chair. The union accepted within the
hour, the company asked for time until Friday at noon to consider the terms of such talks.
"""),
    _story("flood", "en", "2022-08-09", """
Villages count the cost as the Lower Amber returns to its bed

Water had fallen by a metre and a half in the villages along the Lower Amber by Tuesday morning, and
people returned to kitchens in which the mud stood as high as the table. Civil defence said that
three hundred and twelve houses had been flooded and that one man was still missing.

The river rose faster than the forecast had said. A gauge above the gorge stopped sending figures
late on Saturday, and by the time a ranger had driven there with a torch the meadow beneath it was
already a lake.

Farmers lost much of the maize, and the dairy in the largest village poured away forty thousand
litres of milk because its cooling had failed. Insurers have set up tables in the gymnasium and ask
people to bring photographs, receipts and patience.

The province has released two million for the first repairs, and the army has sent a bridge of
steel that can carry tractors. What people ask for most, the mayor said, is somebody who can repair
a boiler.

Scientists at the university say that a flood of this size was once expected every two hundred
years. They have counted three within the last twelve, and would no longer like to say what is
to be expected.
"""),
    _story("vote", "en", "2024-10-14", """
Island assembly rejects new airport by a single vote after a debate of two days

The island's assembly rejected plans for a new airport by a single vote on Monday, ending a debate
that went on for two days and twice had to stop because the lights failed. Seventeen members voted
against the runway and sixteen for it, while two were at sea.

Supporters had argued that the old airstrip, which crosses the main road and has a gate for cows,
could take no more visitors. Opponents feared for the marsh beside it, where a tenth of the world's
marsh pipits are said to spend the winter.

The deciding vote was cast by Tomas Brill, a fisherman who sits for the northern parish and had not
spoken in the assembly for six years. He said afterwards that he had nothing against aeroplanes and
that he would rather be asked about the harbour.

The company that had hoped to build the airport said it would study the result. Its shares, which
are traded in the capital, fell by eleven per cent in the afternoon before they recovered a little.

A second reading is possible in spring, if a third of the members ask for it in writing. The clerk
of the assembly said that paper had been ordered.
"""),
    _story("gare", "fr", "2024-02-12", """
La petite gare de Montclar rouvre après trente ans de silence

Le premier train s'est arrêté lundi matin à la gare de Montclar, fermée depuis trente ans. Une
centaine d'habitants attendaient sur le quai, certains avec des drapeaux, d'autres avec leur valise,
et la fanfare du lycée a joué deux fois le même morceau parce que le train avait du retard.

La région a payé la rénovation des voies et promet six trains par jour dans chaque direction. Le
guichet ne rouvrira pas : les billets s'achètent sur une machine jaune, devant laquelle un employé
explique patiemment comment retrouver son village dans la liste.

Selon la maire, Hélène Faure, la commune espère que de jeunes familles viendront s'installer dans
les maisons vides du centre. Elle rappelle que l'école a failli fermer l'année dernière et que la
boulangerie cherche toujours un apprenti.

Tous ne sont pas convaincus. Les agriculteurs de la plaine se plaignent des passages à niveau, dont
les barrières restent baissées pendant sept minutes, et demandent un pont pour leurs machines avant
la prochaine moisson.

La compagnie répond que la durée sera réglée au printemps. En attendant, un panneau écrit à la main
prévient les conducteurs et leur souhaite bon courage.
"""),
    _story("puerto", "es", "2023-05-29", """
Los estibadores de Puerto Bravo vuelven al trabajo tras un acuerdo de madrugada

Los estibadores de Puerto Bravo volvieron al trabajo el lunes después de un acuerdo firmado de
madrugada en la cocina del sindicato. Doce barcos esperaban frente a la costa, uno de ellos cargado
de plátanos que ya no eran verdes.

El acuerdo prevé turnos de ocho horas, un descanso cada tres y la contratación de cuarenta personas
antes del verano. La empresa retira además las demandas que había presentado contra seis delegados
por los cortes de la carretera.

La presidenta del puerto, Marta Quiroga, reconoció que nadie había salido ganando. Calcula que la
huelga costó once millones y que harán falta tres semanas para ordenar los contenedores del muelle
norte.

En los bares del barrio se celebró el final con prudencia. Los dueños recuerdan que el acuerdo de
hace cuatro años duró exactamente hasta las elecciones, y prefieren cobrar al contado.

El texto será votado el jueves en asamblea. Los dirigentes piden el sí, pero un grupo de jóvenes ha
repartido octavillas en las que reclama que los nuevos contratos sean para siempre.
"""),
    _story("deich", "de", "2023-12-27", """
Deich bei Oldersum hält, doch die Feuerwehr bleibt noch eine Nacht

Der Deich bei Oldersum hat in der Nacht zum Mittwoch gehalten, obwohl das Wasser vierzig Zentimeter
höher stand als vorhergesagt. Rund dreihundert Helferinnen und Helfer füllten Sandsäcke, bis am
Morgen der Wind nachließ und die ersten nach Hause gehen durften.

An zwei Stellen sickerte Wasser durch, wie der Landkreis mitteilte. Beide wurden mit Folie und Kies
abgedichtet; ein Landwirt hatte sie entdeckt, als er nach seinen Schafen sehen wollte und bis zu den
Knien einsank.

Die Feuerwehr bleibt trotzdem noch eine Nacht. Einsatzleiter Harm Janssen sagte, ein Deich, der
einmal nass geworden sei, vergesse das nicht so schnell, und schickte seine Leute schichtweise zum
Schlafen in die Turnhalle.

Die Bewohner von vierzehn Häusern, die am Dienstag ausziehen mussten, dürfen am Donnerstag
zurückkehren. Bis dahin kocht der Sportverein, und wer mag, kann sich im Vereinsheim an einem
Skatturnier beteiligen.

Der Landtag will im Januar über Geld für höhere Deiche sprechen. Fachleute fordern seit Jahren einen
zweiten Wall hinter dem ersten, für den bisher weder Land noch Mittel gefunden wurden.
"""),
    _story("ліцей", "uk", "2024-09-02", """
Ліцей у Вербівці почав навчальний рік у підземних класах

Ліцей у Вербівці почав навчальний рік у понеділок у підземних класах, які будували півтора року.
Триста двадцять учнів прийшли на перший дзвоник, а ще сотня навчатиметься вдома, доки не відкриють
другий вхід.

Директорка Оксана Левченко розповіла, що найважче було провести вентиляцію і домовитися, де стоятиме
піаніно. Тепер воно стоїть у коридорі, і на перервах там завжди хтось грає.

Приміщення розраховане на вісім годин без світла. Воду привозять двічі на тиждень, а тепло дає
котел, який працює на дровах і який подарували випускники минулих років.

Батьки кажуть, що діти вперше за два роки побачили однокласників не на екрані. Дехто приніс квіти,
дехто ковдри, а один дідусь приніс годинник зі старої школи і сам повісив його над дверима.

У громаді сподіваються, що взимку вдасться відкрити ще два класи і майстерню. Гроші на це збирають
на ярмарку, де продають мед, шкарпетки і малюнки першокласників.
"""),
]
