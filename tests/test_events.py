"""Events in sentences of our own: type, status, places, dates, casualties, actors."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.codebook import SURFACES, Codebook, load_codebook
from geo.model import Event, Mention, Place
from geo.reading.events import find_events
from geo.reading.sentences import split
from geo.settings import ROOT
from tests.timing import cpu_s

THURSDAY = date(2023, 3, 2)


def place(name: str, kind: str, country: str, admin1: str = "", **more: object) -> Place:
    return Place(
        id=f"t:{kind}:{name}", name=name, kind=kind, lat=1.0, lon=1.0, country=country,
        admin1=admin1,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


UKRAINE, RUSSIA = place("Ukraine", "country", "UA"), place("Russia", "country", "RU")
SUDAN = place("Sudan", "country", "SD")
KNOWN = {
    "Ukraine": UKRAINE,
    "Russia": RUSSIA,
    "Sudan": SUDAN,
    "Kyiv": place("Kyiv", "settlement", "UA", "UA-30"),
    "Kharkiv": place("Kharkiv", "settlement", "UA", "UA-63"),
    "Bakhmut": place("Bakhmut", "settlement", "UA", "UA-14"),
    "Donetsk region": place("Donetsk", "admin1", "UA", "UA-14"),
    "Zaporizhzhia region": place("Zaporizhzhia", "admin1", "UA", "UA-23"),
    "Kherson region": place("Kherson", "admin1", "UA", "UA-65"),
    "Kherson": place("Kherson", "settlement", "UA", "UA-65"),
    "Dnipro River": place("Dnipro River", "river", "UA", crosses=("UA-65",)),
    "Belgorod": place("Belgorod", "settlement", "RU", "RU-BEL"),
    "Moscow": place("Moscow", "settlement", "RU", "RU-MOW"),
    "Geneva": place("Geneva", "settlement", "CH", "CH-GE"),
    "Khartoum": place("Khartoum", "settlement", "SD", "SD-KH"),
    "Omdurman": place("Omdurman", "settlement", "SD", "SD-KH"),
    "El Fasher": place("El Fasher", "settlement", "SD", "SD-DN"),
    "Nyala": place("Nyala", "settlement", "SD", "SD-DS"),
}
KNOWN["KYIV"] = KNOWN["Kyiv"]
DEMONYMS = {"Ukrainian": UKRAINE, "Russian": RUSSIA, "Russians": RUSSIA, "Sudanese": SUDAN}
METONYMS = {"Moscow says": "Moscow", "Kyiv's": "Kyiv"}


def mentions_in(text: str) -> tuple[Mention, ...]:
    """Mentions of the places above, the longest name first, as the reading of places gives them."""
    found: dict[int, Mention] = {}
    taken: set[int] = set()

    def add(surface: str, form: str, where: Place, width: int) -> None:
        at = text.find(surface)
        while at >= 0:
            if not taken & set(range(at, at + width)):
                taken.update(range(at, at + width))
                found[at] = Mention(
                    start=at, end=at + width, surface=text[at : at + width], form=form,  # type: ignore[arg-type]
                    place=where, confidence=0.9, method="test",
                )  # fmt: skip
            at = text.find(surface, at + 1)

    for phrase, name in METONYMS.items():
        add(phrase, "metonym", KNOWN[name], len(name))
    for surface in sorted([*KNOWN, *DEMONYMS], key=len, reverse=True):
        form = "demonym" if surface in DEMONYMS else "name"
        add(surface, form, DEMONYMS.get(surface) or KNOWN[surface], len(surface))
    return tuple(found[at] for at in sorted(found))


@pytest.fixture(scope="module")
def book() -> Codebook:
    return load_codebook(ROOT / "data" / "codebook.yaml")


def events_in(text: str, book: Codebook, published: date | None = THURSDAY) -> tuple[Event, ...]:
    return find_events(text, split(text), mentions_in(text), published, book)


def where(text: str, event: Event, role: str = "location") -> list[str]:
    mentions = mentions_in(text)
    return [mentions[p.mention].surface for p in event.places if p.role == role]


TYPED = [
    # Battles
    ("Rebels and soldiers clashed near the border on Sunday, leaving nine dead.", "Armed clash"),
    ("Gunmen ambushed an army patrol and killed four soldiers.", "Armed clash"),
    ("Two Maoist cadres were killed in an encounter with security forces.", "Armed clash"),
    ("The militants stormed a checkpoint manned by government troops.", "Armed clash"),
    ("The army retook the town from the insurgents after a week of fighting.",
     "Government regains territory"),
    ("Government forces have liberated three villages held by Boko Haram.",
     "Government regains territory"),
    ("Taliban fighters captured the district centre after heavy fighting.",
     "Non-state actor overtakes territory"),
    ("Rebels seized control of the airport from the army.", "Non-state actor overtakes territory"),
    # Explosions/Remote violence
    ("An airstrike hit a market, killing dozens.", "Air/drone strike"),
    ("Fighter jets bombed positions north of the city.", "Air/drone strike"),
    ("A drone strike destroyed a fuel depot overnight.", "Air/drone strike"),
    ("Artillery shells fell on two villages, wounding a farmer.",
     "Shelling/artillery/missile attack"),
    ("A missile was fired at a tanker off the coast.", "Shelling/artillery/missile attack"),
    ("A strike killed five people in Nyala on Monday.", "Air/drone strike"),
    ("A rocket fired from the valley struck a house.", "Shelling/artillery/missile attack"),
    ("A suicide bomber blew himself up at the gate of a mosque.", "Suicide bomb"),
    ("A roadside bomb exploded as a minibus passed, killing six.",
     "Remote explosive/landmine/IED"),
    ("A boy stepped on a landmine and lost a leg.", "Remote explosive/landmine/IED"),
    ("Assailants hurled a hand grenade into a bar.", "Grenade"),
    ("Helicopters dropped barrels of chlorine on the suburb in a chemical attack.",
     "Chemical weapon"),
    # Violence against civilians
    ("Gunmen opened fire on worshippers at a church, killing eleven.", "Attack"),
    ("Bandits attacked the village at dawn and killed 14 farmers.", "Attack"),
    ("A journalist was shot dead outside his home by unknown gunmen.", "Attack"),
    ("Armed men abducted 30 pupils from a boarding school.", "Abduction/forced disappearance"),
    ("Kidnappers released the priest after a ransom was paid.", "Abduction/forced disappearance"),
    ("Soldiers raped at least ten women during the raid.", "Sexual violence"),
    ("A car drove into a crowd of shoppers, injuring 30 people.", "Attack"),
    # Protests
    ("In Nyala thousands rallied against the violence.", "Peaceful protest"),
    ("Thousands marched through the capital to demand fresh elections.", "Peaceful protest"),
    ("Farmers blocked the motorway near Geneva with tractors.", "Peaceful protest"),
    ("Teachers staged a sit-in outside the ministry over unpaid wages.", "Peaceful protest"),
    ("Farmers observed a bandh against the new levy.", "Peaceful protest"),
    ("Students held a dharna at the gate of the college.", "Peaceful protest"),
    ("Nurses went on strike across the country.", "Peaceful protest"),
    ("Villagers gheraoed the power office over outages.", "Peaceful protest"),
    ("Police used tear gas to disperse a peaceful march of pensioners.",
     "Protest with intervention"),
    ("Officers detained 40 demonstrators during a rally in the square.",
     "Protest with intervention"),
    ("Police resorted to a lathi-charge on protesting students.", "Protest with intervention"),
    ("Security forces fired live rounds at protesters, killing three.",
     "Excessive force against protesters"),
    # Riots
    ("Protesters hurled stones at police and torched two buses.", "Violent demonstration"),
    ("The demonstration turned violent when youths set fire to cars.", "Violent demonstration"),
    ("A mob lynched two men accused of theft.", "Mob violence"),
    ("Residents beat a suspected thief to death in a case of mob justice.", "Mob violence"),
    ("Rival groups clashed with machetes and sticks over a piece of land.", "Mob violence"),
    # Strategic developments
    ("The government and the rebels signed a ceasefire agreement.", "Agreement"),
    ("Twenty fighters surrendered to the army.", "Agreement"),
    ("Police arrested two dozen opposition activists in overnight raids.", "Arrests"),
    ("A colonel and 60 soldiers defected to the opposition.", "Change to group/activity"),
    ("The army deployed hundreds of additional troops to the border.",
     "Change to group/activity"),
    ("Bomb disposal experts defused an explosive device near the station.",
     "Disrupted weapons use"),
    ("Troops recovered rifles and ammunition from a hideout.", "Disrupted weapons use"),
    ("Air defences shot down four drones over the coast.", "Disrupted weapons use"),
    ("The militia set up a new base on the outskirts of the town.",
     "Headquarters or base established"),
    ("Unknown people looted shops in the market at night.", "Looting/property destruction"),
    ("Rebel fighters withdrew from the city and handed it over.",
     "Non-violent transfer of territory"),
    ("Officers seized power in a coup and closed the borders.", "Other"),
    # Our own
    ("The president condemned the decision of the council.", "Condemnation or demand"),
    ("The foreign ministry expelled two diplomats.", "Sanctions or expulsion"),
    ("A strong earthquake shook the islands before dawn.", "Disaster"),
    ("Thousands of families fled the valley.", "Displacement or evacuation"),
    ("Only 4,500 people remain in the city.", "Living conditions"),
    ("An aid convoy reached the camp.", "Aid delivery"),
    # whose army takes whose land
    ("Russian troops captured Bakhmut.", "Non-state actor overtakes territory"),
    ("Bakhmut was captured by Russian forces.", "Non-state actor overtakes territory"),
    ("Ukrainian troops captured Bakhmut.", "Government regains territory"),
    ("Russian troops fled when Ukrainian troops retook Bakhmut.", "Government regains territory"),
    ("The mine near Nyala collapsed on Monday.", "Disaster"),
    ("Nine died when a gold mine in Nyala exploded.", "Disaster"),
    ("Soldiers came under fire in Nyala over the weekend.", "Armed clash"),
    ("Soldiers seized rifles and heroin in Nyala.", "Disrupted weapons use"),
    ("A bombing campaign targeted farmers in Nyala.", "Air/drone strike"),
    ("Thousands rallied to demand the release of three men.", "Peaceful protest"),
    ("The rebels suspended peace talks with the army in Nyala on Friday.", "Other"),
    ("The Government of National Unity condemned the attack on Nyala.",
     "Condemnation or demand"),
    ("The parties agreed to form a unity government.", "Agreement"),
    ("Students clashed with police in Kyiv, a year after a train crash killed 57 people.",
     "Violent demonstration"),
    ("A year after the coup, thousands marched in Kyiv.", "Peaceful protest"),
    ("Some 20 people were feared dead after militants raided Nyala.", "Attack"),
    ("A student was jailed for 12 years at the Crown Court in Geneva on Friday for plotting to "
     "bomb a mosque.", "Arrests"),
    ("Clashes between rebels and a militia killed 12 people in Nyala.", "Armed clash"),
    ("Rebels seized the town and its opium fields.", "Non-state actor overtakes territory"),
    ("Protesters rallied against the decision to leave the dollar.", "Peaceful protest"),
    ("Students held a protest against a vote that was cancelled.", "Peaceful protest"),
    ("The army and the rebels signed a truce in the war that ruined two airlines.", "Agreement"),
    ("Worshippers marched in Kyiv to denounce the new law.", "Peaceful protest"),
    ("A girl of 12 years from Nyala was abducted by gunmen.", "Abduction/forced disappearance"),
    ("Police kill three in Nyala protest", "Excessive force against protesters"),
    ("Militia killed some 30 at a mine in Nyala on Monday.", "Attack"),
    # a bare number stands for people
    ("Bandits killed 14 in Nyala.", "Attack"),
    ("Rebels have killed nine at a market in Nyala on Friday.", "Attack"),
    ("Militants killed 1,100 and wounded 20 in Nyala.", "Attack"),
    ("Gunmen kill seven in Kharkiv pool hall", "Attack"),
    ("Six killed as bandits raid Nyala", "Attack"),
    ("The death toll from the attack on Nyala climbed to 41.", "Attack"),
    ("Attackers killed a nightwatchman in Nyala.", "Attack"),
    ("Six were killed, two of them officers, in fighting in Nyala.", "Armed clash"),
    ("A feud between two clans in Nyala left eight dead.", "Mob violence"),
    # the same told in other words
    ("Police beat a farmer until he died.", "Attack"),
    ("Helicopters have flown 300 people out of the valley.", "Displacement or evacuation"),
    ("Gunmen seized 40 pupils from a school near the border.", "Abduction/forced disappearance"),
    ("Bombers dropped cluster bombs on the suburb.", "Air/drone strike"),
    ("Armed gangs broke into the prison and freed the inmates.", "Armed clash"),
    ("Demonstrators burnt the door of the town hall.", "Violent demonstration"),
    ("The rebels gave up their weapons on Friday.", "Agreement"),
    ("Rebels took over the town without meeting resistance.",
     "Non-violent transfer of territory"),
    ("Boats carried more than 900 people across the lake.", "Displacement or evacuation"),
    ("Hundreds of families left the city on foot.", "Displacement or evacuation"),
    ("Soldiers began to evacuate civilians from the town.", "Displacement or evacuation"),
    ("Talks between the two ministers opened on Friday.", "Meeting or negotiation"),
    ("The minister asked the world for help.", "Condemnation or demand"),
    ("The government warned that it would close the border.", "Threat or warning"),
    ("A man drove a lorry into a crowd on the promenade, killing 84 people.", "Attack"),
    ("A convoy brought baby food and stoves to families in the town.", "Aid delivery"),
    ("Students held up blank sheets of paper and sang.", "Peaceful protest"),
    ("Soldiers announced that they had taken power.", "Other"),
    ("The leaders of both countries shook hands in Geneva.", "Meeting or negotiation"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "subtype"), TYPED)
def test_a_sentence_tells_its_kind_of_event(book: Codebook, text: str, subtype: str) -> None:
    events = events_in(text, book)
    assert events, text
    assert events[0].subtype == subtype
    kind = book.type(events[0].type)
    assert kind.subtype(subtype)
    assert 0 < events[0].confidence <= 1


def test_the_sentences_above_cover_nearly_every_subtype(book: Codebook) -> None:
    every = {subtype.name for kind in book.types for subtype in kind.subtypes}
    missing = every - {subtype for _, subtype in TYPED}
    assert missing <= {"Meeting or negotiation", "Threat or warning", "Support or recognition"}


@pytest.mark.parametrize(
    "text",
    [
        # metaphor
        "It will be a battle for the title between two old rivals.",
        "The minister faced a storm of criticism over the budget.",
        "Her resignation was a bombshell for the party.",
        "The film was a box office bomb.",
        "He died of a heart attack.",
        "The company won a takeover battle for its rival.",
        "The two sides traded barbs in a war of words.",
        "The price war between the airlines goes on.",
        "She came under fire for her remarks on tax.",
        "Shares rallied after the report.",
        "The singer shot to fame in the spring.",
        "Inflation hit a record high.",
        "The two firms struck a deal on parts.",
        "The photos capture the mood of the town.",
        # sport and art
        "The striker's late goal was a bullet that killed off the visitors in the cup final.",
        "The team stormed to victory in the league and captured the championship.",
        "The movie tells of soldiers who attack a castle.",
        # hypothetical
        "A ceasefire could save the harvest.",
        "If the rebels attack the town, thousands would have to flee.",
        "Seizing the town would put the army on a path to the coast.",
        "Sooner or later we will probably have to leave the city to the rebels.",
        "Officials fear an attack on the dam.",
        "The general said troops might withdraw from the valley.",
        # negated
        "There was no fighting in the valley.",
        "The rebels did not attack the town.",
        "The police never arrested the men.",
        "Troops failed to capture the hill.",
        # history
        "The museum shows how soldiers attacked the fort in 1916.",
        "A statue recalls the battle that was fought here in 1812.",
        "The town marked the anniversary of the massacre.",
        "The trader was arrested by her smile and bought the whole stall.",
        "He shelled peas in the kitchen.",
        "The city of Kyiv fell in 1240.",
        "In the 1940s rebels attacked the army in Nyala.",
        "Abandoned tanks line the road to Kharkiv.",
        "Soldiers live in occupied Bakhmut.",
        "The president and the bishop walked out of the cathedral.",
        "The two soldiers were accused of defiling a holy book.",
        # scores
        "The visitors beat the hosts 3-1 in Kharkiv on Sunday.",
        "Their rivals attacked from the start and beat them 2-0.",
        "She beat the champion in three sets.",
        # what a law, a speech or a ban is about
        "The parliament passed a law against lynching.",
        "He spoke of an attack from the air.",
        "The march had been banned a week before.",
        "The rally was cancelled.",
        "Flowers lay in Kharkiv for those who fell there.",
        # a thing found is no weapon because the next sentence has one
        "She found a letter in the drawer. A rifle hung on the wall.",
        # what is on show
        "The exhibition shows how bombs fell on the town.",
        "The museum tells of the day when the bomb fell.",
        # words beside a term that make it something else
        "An explosion of interest in chips reached Kharkiv.",
        "The play was bombed by critics in Geneva.",
        "Shell attacked its rival over a field near Kharkiv.",
        "The minister attacked the ruling in Geneva.",
        "Battle is a small town in Ukraine.",
        "The accords were discussed in Geneva.",
        "The army's march on Kharkiv began in Belgorod.",
        "Soldiers marched in a parade in Moscow.",
        "The attack on his character hurt the senator in Geneva.",
        "A heart attack killed the mayor of Kharkiv.",
        "Drone footage showed the ruins of Bakhmut.",
        "The council in Geneva voted to demolish the old levee.",
        "The orchestra will march into Geneva.",
        # nothing at all
        "The flu killed 12 in Kharkiv.",
        "The crew killed 90 minutes in the bar at Geneva.",
        # what was long ago, or was called off
        "The 1988 massacre in Nyala killed 5,000 people, a museum said.",
        "Geneva marked 75 years since the massacre in Nyala.",
        "Moscow marked 80 years since the uprising in which 200,000 people were killed.",
        "Three decades after soldiers shot dead 40 villagers in Nyala, a school was built.",
        "A planned rally in Geneva was called off.",
        "A march planned for Friday in Geneva was cancelled.",
        # markets, polls, contests, faith, drugs, exercises and stories
        "Silver rallied to a ten-year high in Geneva on Friday.",
        "The peso rallied in Moscow.",
        "Shares of the maker rallied in Geneva.",
        "The pound hits record low as the dollar rallies in Khartoum.",
        "The Conservatives rallied four points in a poll published in Geneva.",
        "The stewards upheld the team's protest in Geneva on Sunday.",
        "She won the protest against the call in Geneva.",
        "Envoys lodged a formal protest in Geneva.",
        "The hosts fell to the Warriors in Geneva on Friday.",
        "Worshippers marched to Kyiv for the feast on Sunday.",
        "The Good Friday procession in Kyiv drew thousands.",
        "The bank came under fire in Geneva over bonuses.",
        "Troops practised an attack on Kharkiv harbour on Friday.",
        "A mock raid on Kharkiv by marines ended on Friday.",
        "A school in Kharkiv was evacuated after a bomb hoax.",
        "The thriller opens with the kidnapping of a banker in Geneva.",
        "The vaccination drive targets 300,000 children in Nyala.",
        "Airlines agree truce in fare war in Geneva.",
        "Police searched a house in Geneva but found no explosives.",
        "Troops seized a ton of heroin in Nyala.",
        "The weather was fine and the shops were open.",
        "The minister of defence opened a library.",
    ],
)  # fmt: skip
def test_what_did_not_happen_is_no_event(book: Codebook, text: str) -> None:
    assert events_in(text, book) == ()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Rebels attacked the army base.", "occurred"),
        ("Heavy battles are ongoing for the town.", "ongoing"),
        ("The army continues to shell the villages.", "ongoing"),
        ("Troops are fighting the militants in the suburbs.", "ongoing"),
        ("Forces held on amid relentless attacks by the army.", "ongoing"),
        ("The army is preparing an offensive against the rebels.", "planned"),
        ("Forces were making preparations for new attacks on the front.", "planned"),
        ("Unions will hold a protest on Saturday.", "planned"),
        ("The rebels vowed to attack the army.", "planned"),
        ("The army claims that its troops captured the village.", "claimed"),
        ("Activists accused the army of shelling the market.", "claimed"),
        ("The army denied that its troops had shelled the school.", "denied"),
        ("The army denied it and accused the rebels of shelling the school.", "claimed"),
        ("Rebels captured the village, which the army did not confirm.", "claimed"),
        ("Unions called a protest march for Saturday.", "planned"),
        ("Britain said that it would withdraw its soldiers from Sudan.", "planned"),
        ("The ceasefire is to begin on Sunday, and talks are to open in Geneva.", "planned"),
        ("Nurses plan to strike in Geneva from 2 April.", "planned"),
        ("Drivers intend to go on strike in Geneva from Monday.", "planned"),
        ("Traffic stopped due to shelling by the army.", "occurred"),
        ("Fighting between the army and the rebels continued for a third day.", "ongoing"),
        ("An air strike hit the drama theatre, where families were sheltering.", "occurred"),
        ("There were no casualties in the drone attack on the airport.", "occurred"),
        ("No one was killed when soldiers clashed with rebels.", "occurred"),
    ],
)
def test_status(book: Codebook, text: str, status: str) -> None:
    events = events_in(text, book)
    assert [event.status for event in events[:1]] == [status]


@pytest.mark.parametrize(
    ("text", "locations", "others"),
    [
        ("Russian missiles fired from Belgorod hit Kharkiv.", ["Kharkiv"],
         {"origin": ["Belgorod"]}),
        ("Two soldiers were killed near Bakhmut, an official said in Kyiv.", ["Bakhmut"], {}),
        ("Moscow says its troops captured Bakhmut.", ["Bakhmut"], {}),
        ("Ukrainian troops repelled an attack near Bakhmut.", ["Bakhmut"], {}),
        ("Missiles hit Kharkiv at dawn, while Russia attacked power stations.", ["Kharkiv"], {}),
        ("Soldiers in Omdurman, in the north of Sudan, fired on villagers.", ["Omdurman"], {}),
        ("Buses took 900 people from the streets of Kherson to Kyiv.", ["Kyiv"],
         {"origin": ["Kherson"]}),
        ("Thousands of families fled Nyala and walked towards Khartoum.", [],
         {"origin": ["Nyala"], "target": ["Khartoum"]}),
        ("Rebels seized the airport of Kharkiv and turned back 200 km short of Moscow.",
         ["Kharkiv"], {}),
        ("He is in Geneva, where he signed a ceasefire agreement to send food to Sudan.",
         ["Geneva"], {}),
        ("Shells fell on Bakhmut in the Donetsk region of Ukraine.", ["Bakhmut"], {}),
        ("Clashes between the army and rebels broke out in Khartoum and Omdurman.",
         ["Khartoum", "Omdurman"], {}),
        ("Troops were preparing attacks in the Zaporizhzhia region and in the Kherson region.",
         ["Zaporizhzhia region", "Kherson region"], {}),
        ("Russia invaded Ukraine.", ["Ukraine"], {}),
        ("Sudan: gunmen opened fire on traders in El Fasher.", ["El Fasher"], {}),
        ("Rebels shelled the army's base in Nyala, a spokesman told reporters in Geneva.",
         ["Nyala"], {}),
        # who decides sits elsewhere, the way leads through, the reason lies elsewhere
        ("A court in Moscow heard that grenades thrown in Kharkiv had killed three guests.",
         ["Kharkiv"], {}),
        ("The army retook Bakhmut in a swift advance through the Kherson region.", ["Bakhmut"], {}),
        ("Rebels marched through Nyala and shot at soldiers.", ["Nyala"], {}),
        ("Crowds marched in Geneva on Saturday against the war in Sudan.", ["Geneva"], {}),
        ("Thousands rallied in Geneva in support of Ukraine.", ["Geneva"], {}),
        ("Police in Khartoum arrested five men over a bombing in Nyala.", ["Khartoum"], {}),
        ("Russia and Ukraine signed a deal in Geneva to let grain ships leave Kherson.",
         ["Geneva"], {}),
        ("The army and the rebels signed a truce in the Donetsk region.", ["Donetsk region"], {}),
        ("The mayor of Nyala was abducted by gunmen.", ["Nyala"], {}),
        # from where and to where
        ("Thousands of families fled Omdurman for Nyala.", ["Nyala"], {"origin": ["Omdurman"]}),
        ("Thousands of families fled from Omdurman to Nyala.", ["Nyala"],
         {"origin": ["Omdurman"]}),
        ("Rebels drove from Nyala to El Fasher and attacked a barracks.", ["El Fasher"],
         {"origin": ["Nyala"]}),
        ("Fighting between the army and rebels raged in towns from Nyala to El Fasher.",
         ["Nyala", "El Fasher"], {"origin": []}),
        ("Russia invaded Ukraine, sending tanks from Belgorod towards Kyiv.", ["Ukraine"],
         {"origin": ["Belgorod"], "target": ["Kyiv"]}),
        ("Russia fired missiles at Kharkiv, killing two people.", ["Kharkiv"], {"target": []}),
        ("Russia fired missiles at Kharkiv, and all of them were intercepted.", [],
         {"target": ["Kharkiv"]}),
        ("The army shelled towns in the Kherson region, including Kherson.", ["Kherson"], {}),
        ("After shelling in Ukraine, Russia bombed Kharkiv.", ["Ukraine"], {}),
        # who is blamed, where somebody learnt it, what is burnt, where it set off from
        ("The envoy accused Moscow of bombing a clinic in Kharkiv.", ["Kharkiv"], {}),
        ("Soldiers trained in Ukraine killed 15 rebels in Nyala.", ["Nyala"], {}),
        ("Rebels armed by Russia killed 12 soldiers in El Fasher.", ["El Fasher"], {}),
        ("Demonstrators in Khartoum burned flags of Russia.", ["Khartoum"], {}),
        ("Protesters in Khartoum set fire to Russia's flag.", ["Khartoum"], {}),
        ("Russian jets struck targets in Kharkiv from an air base in Belgorod.", ["Kharkiv"],
         {"origin": ["Belgorod"]}),
        ("Rebels seized El Fasher and have surrounded Nyala and Khartoum.", ["El Fasher"], {}),
        ("Seven years after a fire killed 72 people in Kyiv, families marched.", ["Kyiv"], {}),
        # where a report was filed, which counts where it names nothing else
        ("KYIV - Fighting between rebels and a militia killed 12 people in Nyala.", ["Nyala"], {}),
        ("KYIV (AP) - Police fired tear gas at protesters on Friday.", ["KYIV"], {}),
        ("KYIV - Students clashed with police, a year after a bomb killed 57 people in Nyala.",
         ["KYIV"], {}),
    ],
)  # fmt: skip
def test_places_and_their_roles(
    book: Codebook, text: str, locations: list[str], others: dict[str, list[str]]
) -> None:
    event = events_in(text, book)[0]
    assert where(text, event) == locations
    for role, names in others.items():
        assert where(text, event, role) == names


def test_a_sentence_without_a_place_takes_it_from_before_and_is_less_sure(book: Codebook) -> None:
    text = "Rebels attacked the army in Nyala. Later that day they ambushed a convoy of troops."
    first, second = sorted(events_in(text, book), key=lambda event: event.start)
    assert where(text, first) == where(text, second) == ["Nyala"]
    assert second.places[0].confidence < 0.7 * first.places[0].confidence


@pytest.mark.parametrize(
    ("text", "locations"),
    [
        ("Families slept in tents near Nyala. Gunmen shot at them.", ["Nyala"]),
        ("In Sudan the rains came late, and in Nyala too. Gunmen shot at villagers.", ["Nyala"]),
        # too far back, unless the whole text is about one town
        ("Kyiv was calm." + " It rained." * 5 + " Gunmen shot at villagers.", []),
        ("Kyiv was calm. Kyiv slept. Kyiv woke. Kyiv worked." + " It rained." * 5
         + " Gunmen shot at villagers.", ["Kyiv"]),
        ("Kyiv was calm. Kyiv slept. Kyiv woke. Nyala too. Kharkiv too. Nyala slept. Kyiv worked."
         + " It rained." * 5 + " Gunmen shot at villagers.", ["Kyiv"]),
        ("Kyiv was calm. Kyiv slept. Kyiv woke. Nyala too. Nyala slept. Nyala woke. Kyiv worked."
         + " It rained." * 5 + " Gunmen shot at villagers.", []),
        # it says where, and nobody knows where that is
        ("Rebels attacked the army in Nyala. Gunmen shot at villagers in Umm Keddada.", []),
        ("Rebels attacked the army in Nyala. Gunmen shot at villagers in March.", ["Nyala"]),
    ],
)  # fmt: skip
def test_what_carries_over(book: Codebook, text: str, locations: list[str]) -> None:
    last = max(events_in(text, book), key=lambda event: event.start)
    assert where(text, last) == locations


@pytest.mark.parametrize(
    ("text", "dead", "hurt"),
    [
        ("A missile hit a market in Kharkiv. The attack killed five people and wounded 12.",
         (5, 5), (12, 12)),
        ("A missile hit a market in Kharkiv. At least 30 people were killed, officials said.",
         (30, None), (None, None)),
        ("Gunmen attacked traders near Nyala on Monday. The death toll rose to 14.",
         (14, 14), (None, None)),
        ("A missile hit Kharkiv, killing two. The death toll rose to 14.",
         (14, 14), (None, None)),
    ],
)  # fmt: skip
def test_a_toll_given_next_belongs_to_the_event_before(
    book: Codebook, text: str, dead: tuple[int, int | None], hurt: tuple[int | None, int | None]
) -> None:
    (event,) = events_in(text, book)
    assert (event.fatalities_low, event.fatalities_high) == dead
    assert (event.injured_low, event.injured_high) == hurt


@pytest.mark.parametrize(
    "text",
    [
        "A missile hit a market in Kharkiv. Five people died in a separate attack in Bakhmut.",
        "A missile hit a market in Kharkiv. Another attack killed five people.",
        "A missile hit a market in Kharkiv. On 3 January shells killed five people.",
        "A missile hit a market in Kharkiv. Soldiers killed five protesters.",
        "The army plans to shell Kharkiv. At least 30 people were killed, officials said.",
        "A missile hit a market in Kharkiv. The death toll of the war rose to 10,000.",
    ],
)
def test_a_toll_of_something_else_does_not(book: Codebook, text: str) -> None:
    first = min(events_in(text, book), key=lambda event: event.start)
    assert (first.fatalities_low, first.fatalities_high) == (None, None)


@pytest.mark.parametrize(
    ("text", "subtype", "dead"),
    [
        ("Rebels fired rockets at Nyala on Monday. The blasts shook the market. "
         "Shells tore through a school, a nurse said.",
         "Shelling/artillery/missile attack", (None, None)),
        ("A car bomb went off in Kharkiv on Tuesday. The blast broke every window. "
         "Nine people died, doctors said.", "Remote explosive/landmine/IED", (9, 9)),
        ("A missile hit Kharkiv. Militants said that they had carried out the attack.",
         "Shelling/artillery/missile attack", (None, None)),
        ("Twelve people were killed in Nyala on Monday. A bomb went off at a bus stop.",
         "Remote explosive/landmine/IED", (12, 12)),
        ("Hundreds marched through Khartoum. Police fired tear gas at the protesters.",
         "Protest with intervention", (None, None)),
        ("Hundreds marched through Khartoum. Police detained 40 of them.",
         "Protest with intervention", (None, None)),
        ("Gunmen abducted 30 pupils in Nyala. A guard who tried to stop them was shot dead.",
         "Abduction/forced disappearance", (1, 1)),
        ("Grenades were thrown into a bar in Nyala. It was the third grenade attack there.",
         "Grenade", (None, None)),
        ("A missile hit Kharkiv, killing two. In all nine people were killed, the mayor said.",
         "Shelling/artillery/missile attack", (9, 9)),
        ("A missile hit Kharkiv, killing nine. The blast killed two children in their beds.",
         "Shelling/artillery/missile attack", (9, 9)),
    ],
)  # fmt: skip
def test_an_event_told_over_several_sentences_is_one(
    book: Codebook, text: str, subtype: str, dead: tuple[int | None, int | None]
) -> None:
    (event,) = events_in(text, book)
    assert event.subtype == subtype
    assert (event.fatalities_low, event.fatalities_high) == dead
    assert event.end == text.index(".") + 1


@pytest.mark.parametrize(
    "text",
    [
        "A missile hit Kharkiv on Tuesday. A missile hit Bakhmut.",
        "A missile hit Kharkiv on Tuesday. On Wednesday shells fell on the port.",
        "A missile hit Kharkiv. Another missile fell on a school.",
        "A missile hit Kharkiv. Gunmen attacked a church and killed two villagers.",
        "A missile hit Kharkiv. Soldiers raped two women.",
        "A missile hit Kharkiv. The army is planning further missile attacks.",
        "A missile hit Kharkiv. It rained. It rained. It rained. Shells fell on a school.",
        "Hundreds marched through Khartoum. A mob lynched a thief.",
        "A bomb exploded in Kharkiv on Tuesday. The bombing took place in Nyala.",
        "A bomb killed five people in Nyala. KYIV - A bomb killed seven people on Tuesday.",
    ],
)
def test_what_is_told_next_may_be_another_event(book: Codebook, text: str) -> None:
    assert len(events_in(text, book)) == 2


@pytest.mark.parametrize(
    ("text", "day", "dead", "locations"),
    [
        # a title and the sentence that says the same
        ("Shells kill 17 in El Fasher\n\nKYIV (AP) - Seventeen people were killed on Tuesday when "
         "shells hit a market in El Fasher, medics said.", 28, 17, ["El Fasher"]),
        ("Air strike kills 100 in Nyala\n\nKYIV - An air strike on a village killed 100 people on "
         "Tuesday, witnesses said.", 28, 100, ["Nyala"]),
        ("KYIV - Gunmen killed 14 villagers in Sudan, police said on Wednesday. The attack took "
         "place in Nyala on Tuesday.", 28, 14, ["Nyala"]),
    ],
)  # fmt: skip
def test_a_title_and_its_lead_are_one_event(
    book: Codebook, text: str, day: int, dead: int, locations: list[str]
) -> None:
    (event,) = events_in(text, book)
    assert event.date_start == date(2023, 2, day)
    assert event.fatalities_low == dead
    assert where(text, event) == locations


def test_a_later_sentence_may_say_when(book: Codebook) -> None:
    text = "A missile hit a market in Kharkiv. The blast on Tuesday evening broke every window."
    (event,) = events_in(text, book)
    assert (event.date_start, event.date_precision) == (date(2023, 2, 28), "day")


def test_equal_readings_stand_in_the_codebooks_order(tmp_path: Path) -> None:
    """Whatever Python's hash seed: the same article gives the same main event everywhere."""
    kinds = "".join(
        f"""
  - name: Kind {n}
    slug: kind-{n}
    colour: {{light: "#11223{n}", dark: "#44556{n}"}}
    icon: ":material/swords:"
    definition: Of two equal kinds the first one.
    ucdp: []
    cameo: ["11"]
    subtypes:
      - {{name: Sub {n}, definition: One of them., triggers: [{{noun: [quarrel], weight: 6}}]}}"""
        for n in range(8)
    )
    colours = "{" + ", ".join(f'{name}: "#FFFFFF"' for name in SURFACES) + "}"
    file = tmp_path / "own.yaml"
    file.write_text(
        f"version: 1\nsurfaces: {{light: {colours}, dark: {colours}}}\ntypes:{kinds}\n",
        encoding="utf-8",
    )
    events = find_events("There was a quarrel.", [(0, 20)], (), None, load_codebook(file))
    assert [event.type for event in events] == ["Kind 0"]


def test_a_text_without_places_still_has_events(book: Codebook) -> None:
    (event,) = find_events("Rebels attacked the army base.", [(0, 30)], (), None, book)
    assert event.subtype == "Armed clash"
    assert event.places == ()
    assert (event.date_start, event.date_precision) == (None, "unknown")


def test_several_events_of_one_sentence_keep_their_own_place_and_date(book: Codebook) -> None:
    text = (
        "More than 40 towns were shelled, including Kherson and villages on the Dnipro River, "
        "abandoned by Russian forces in November."
    )
    shelled, left = sorted(events_in(text, book), key=lambda event: event.trigger_start)
    assert shelled.subtype == "Shelling/artillery/missile attack"
    assert where(text, shelled) == ["Kherson", "Dnipro River"]
    assert left.subtype == "Non-violent transfer of territory"
    assert where(text, left) == ["Dnipro River"]
    assert (left.date_start, left.date_end) == (date(2022, 11, 1), date(2022, 11, 30))
    assert (left.date_precision, shelled.date_start) == ("month", THURSDAY)


def test_two_kinds_of_event_in_one_sentence(book: Codebook) -> None:
    text = (
        "A roadside bomb killed two traders in Nyala, while gunmen abducted a doctor in El Fasher."
    )
    found = {event.subtype: where(text, event) for event in events_in(text, book)}
    assert found == {
        "Remote explosive/landmine/IED": ["Nyala"],
        "Abduction/forced disappearance": ["El Fasher"],
    }


def test_the_neighbour_is_the_other_country_of_the_text(book: Codebook) -> None:
    text = "Ukraine fights on. The war began when Russia invaded its neighbour on 24 February 2022."
    event = next(e for e in events_in(text, book) if e.date_start == date(2022, 2, 24))
    assert where(text, event) == ["Ukraine"]


def test_a_report_dates_what_it_reports(book: Codebook) -> None:
    text = "A statement on Tuesday night said calm held. It also said that shells had hit Nyala."
    (event,) = events_in(text, book)
    assert event.date_start == date(2023, 2, 28)
    assert event.date_reason.startswith("reported")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        # news: the day told of just before holds good, until another is told of
        ("A missile hit Kharkiv on Tuesday. Shells fell on Bakhmut.", date(2023, 2, 28)),
        ("A missile hit Kharkiv on Tuesday. The next day shells fell on Bakhmut.",
         date(2023, 3, 1)),
        ("A missile hit Kharkiv on Tuesday. Shells fell on Bakhmut the day before.",
         date(2023, 2, 27)),
        ("A missile hit Kharkiv on Monday. Gunmen attacked Nyala, police said on Wednesday.",
         date(2023, 2, 27)),
        ("A missile hit Kharkiv on Tuesday. Rebels have attacked Nyala.", THURSDAY),
        ("A missile hit Kharkiv in 2021. Shells fell on Bakhmut.", THURSDAY),
        ("It rained. Shells fell on Bakhmut the same day.", THURSDAY),
        ("The protest followed a missile strike on Kharkiv last Monday. Shells fell on Bakhmut.",
         THURSDAY),
        # an account of what is long past: a year is named once, and there is no day of today
        ("On 24 January 2022 a missile hit Kharkiv. On 5 February shells fell on Bakhmut.",
         date(2022, 2, 5)),
        ("On 27 December 2021 a missile hit Kharkiv. On 3 January shells fell on Bakhmut.",
         date(2022, 1, 3)),
        ("On 14 January 2022 a missile hit Kharkiv. On 3 January shells fell on Bakhmut.",
         date(2022, 1, 3)),
        ("On 24 February 2022 a missile hit Kharkiv. On 1 March shells fell on Nyala. On 5 June it "
         "rained. On 9 July shells fell on Bakhmut.", date(2022, 7, 9)),
        ("On 24 March 2022 a missile hit Kharkiv. On 11 November shells fell on Bakhmut.",
         date(2022, 11, 11)),
        ("On 24 February 2022 a missile hit Kharkiv. It rained. Later shells fell on Bakhmut.",
         date(2022, 2, 24)),
        ("Rain fell on Kyiv on 24 February 2022. On 29 February shells fell on Bakhmut.",
         date(2022, 2, 24)),
    ],
)  # fmt: skip
def test_a_date_goes_on_until_another_is_told(book: Codebook, text: str, day: date) -> None:
    last = max(events_in(text, book), key=lambda event: event.start)
    assert (last.date_start, last.date_precision) == (day, "day")
    assert last.date_reason


@pytest.mark.parametrize(
    ("text", "first", "precision"),
    [
        ("A jury heard on Tuesday that he stabbed two men in Nyala in May 2021.",
         date(2021, 5, 1), "month"),
        ("The 2021 murder of a priest in Nyala is told in a report.", date(2021, 1, 1), "year"),
        ("Their 2022 attack on a church in Nyala killed ten people.", date(2022, 1, 1), "year"),
        ("Drivers intend to go on strike in Geneva from Monday.", date(2023, 3, 6), "day"),
        ("The 2015 attack on a theatre in Kharkiv killed 90 people.", date(2015, 1, 1), "year"),
        ("The 2021 budget was passed and gunmen killed nine people in Nyala.", THURSDAY, "day"),
        ("A man was sentenced to 20 years on Tuesday for shooting dead two people in 2022.",
         date(2022, 1, 1), "year"),
        ("A man was convicted in Geneva on Tuesday of killing his wife.", None, "unknown"),
    ],
)  # fmt: skip
def test_neither_the_day_of_the_words_nor_that_of_the_article_dates_an_old_deed(
    book: Codebook, text: str, first: date | None, precision: str
) -> None:
    event = events_in(text, book)[0]
    assert (event.date_start, event.date_precision) == (first, precision)


def test_without_a_day_of_publication_the_text_gives_the_year(book: Codebook) -> None:
    text = "On 24 February 2022 a missile hit Kharkiv. On 5 March shells fell on Bakhmut."
    last = max(events_in(text, book, None), key=lambda event: event.start)
    assert (last.date_start, last.date_precision) == (date(2022, 3, 5), "day")
    (event,) = events_in("On 5 March shells fell on Bakhmut.", book, None)
    assert event.date_start is None


@pytest.mark.parametrize(
    ("text", "triggers"),
    [
        ("Battle of Kharkiv\nRebels attacked the army in Nyala.", ["attacked"]),
        ("Attack\n\nRebels shelled the army in Nyala.\n\nProtest", ["shelled"]),
        ("March\nRebels shelled Nyala in early March.", ["shelled"]),
        ("Shells hit Nyala", ["Shells"]),  # all there is
        ("Soldiers were arrested near Kharkiv during the siege of Bakhmut.", ["arrested"]),
        ("Police arrested two men over the 2022 invasion of Ukraine.", ["arrested"]),
        ("The 80th Air Assault Brigade retook Bakhmut from the rebels.", ["retook"]),
        ("Shells hit Kharkiv on Monday, destroying two helicopters.", ["Shells"]),
    ],
)
def test_headings_months_and_settings_are_no_events(
    book: Codebook, text: str, triggers: list[str]
) -> None:
    found = events_in(text, book)
    assert [text[event.trigger_start : event.trigger_end] for event in found] == triggers


def test_an_account_is_not_dated_by_the_day_it_was_written(book: Codebook) -> None:
    text = "Shells fell on Bakhmut. On 24 February 2022 a missile hit Kharkiv."
    first = min(events_in(text, book), key=lambda event: event.start)
    assert (first.date_start, first.date_precision) == (None, "unknown")


def test_the_main_event_comes_first(book: Codebook) -> None:
    text = "Airstrikes killed 40 people in Nyala on Monday.\nThe governor condemned the attack."
    events = events_in(text, book)
    assert events[0].subtype == "Air/drone strike"


@pytest.mark.parametrize(
    ("text", "dead", "hurt"),
    [
        ("A bomb killed 12 people and wounded 30.", (12, 12), (30, 30)),
        ("At least 12 people were killed when a bomb went off.", (12, None), (None, None)),
        ("Dozens were killed in an airstrike.", (20, 99), (None, None)),
        ("A rocket hit the town, killing two soldiers and three civilians.", (5, 5), (None, None)),
        ("A mortar shell hit a house; there were no casualties.", (0, 0), (0, 0)),
        ("A grenade exploded, but no one was hurt.", (0, 0), (0, 0)),
        ("An airstrike left at least 20 dead and 15 injured.", (20, None), (15, 15)),
        ("Up to 40 people died in the shelling.", (None, 40), (None, None)),
        ("Between 10 and 15 people were killed in the airstrike.", (10, 15), (None, None)),
        ("A suicide bomber killed 1,300 people in 2014.", (1300, 1300), (None, None)),
        ("The bomb killed more than 100 people.", (100, None), (None, None)),
        ("A policeman was killed and a dozen others were injured by a bomb.", (1, 1), (12, 12)),
        ("Twenty-five people were killed by shelling.", (25, 25), (None, None)),
        ("The blast killed a woman and injured hundreds.", (1, 1), (200, 999)),
        ("A rocket hit the town.", (None, None), (None, None)),
        ("A bomb went off 40 km from the town, killing two.", (2, 2), (None, None)),
        ("A car bomb claimed the lives of nine people.", (9, 9), (None, None)),
        ("Two soldiers and a policeman were killed by a bomb.", (3, 3), (None, None)),
        ("Rebels attacked the town, and of his death on 28 March nothing was known.",
         (None, None), (None, None)),
        ("There were no casualties in the drone attack on the airport.", (0, 0), (0, 0)),
        ("Between 30 and 40 miners died in a collapse.", (30, 40), (None, None)),
        ("A drone hit a depot, killing seven. Rockets struck Bakhmut.", (7, 7), (None, None)),
        ("A bomb went off; twelve were hurt and two guards were killed.", (2, 2), (12, 12)),
        # a part is not the whole
        ("Nine people, including four children and two women, were killed by a shell.",
         (9, 9), (None, None)),
        ("At least 31 people, among them 12 women, died when a bus was bombed.",
         (31, None), (None, None)),
        ("A family, including three children, was killed in the shelling.", (3, None),
         (None, None)),
        # not the number of a day, of years, of those who were freed, of a time long past
        ("On Feb. 26, 2024, soldiers shot dead 20 villagers.", (20, 20), (None, None)),
        ("Twenty villagers were shot dead by soldiers on 26 Feb 2024.", (20, 20), (None, None)),
        ("A 34-year-old man was killed and two others wounded in shelling.", (1, 1), (2, 2)),
        ("A 12-year-old girl and her mother were killed by shelling.", (2, 2), (None, None)),
        ("Gunmen abducted 30 students; 12 have been freed and three were killed.", (3, 3),
         (None, None)),
        ("Half a dozen people were killed in a drone strike.", (6, 6), (None, None)),
        ("Airstrikes kill at least 20 in Rafah.", (20, None), (None, None)),
        ("Eight soldiers, two of them officers, were killed by a bomb.", (8, 8), (None, None)),
        ("A protest over the killing of 12 miners was held.", (None, None), (None, None)),
        ("Two days after the ceasefire a bomb killed 12 people.", (12, 12), (None, None)),
        ("Two days of shelling killed 12 people.", (12, 12), (None, None)),
        ("Gunmen killed at least 20 villagers, days after 50 were killed elsewhere.", (20, None),
         (None, None)),
        ("At 14:30, soldiers shot dead two men.", (2, 2), (None, None)),
        ("A journalist, 38, was shot dead by gunmen.", (1, 1), (None, None)),
        ("Two brothers, 12 and 14, were killed by a landmine.", (2, 2), (None, None)),
        ("Around 40 gunmen on motorbikes shot dead a farmer.", (1, 1), (None, None)),
        ("Seven years after the fire that killed 72 people, families held a protest.",
         (None, None), (None, None)),
        ("Seven years after the war began, shelling killed 12 people.", (12, 12), (None, None)),
    ],
)
def test_casualties(
    book: Codebook,
    text: str,
    dead: tuple[int | None, int | None],
    hurt: tuple[int | None, int | None],
) -> None:
    event = events_in(text, book)[0]
    assert (event.fatalities_low, event.fatalities_high) == dead
    assert (event.injured_low, event.injured_high) == hurt


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("Kyiv's forces clashed with Russian troops.", ["Ukraine's military", "Russia's military"]),
        ("Ukrainian troops fought the Russians.", ["Ukraine's military", "Russia's military"]),
        ("ISIS fighters attacked the army.", ["Islamic State", "Military"]),
        ("Daesh militants attacked the army.", ["Islamic State", "Military"]),
        ("Sudanese police fired on protesters.", ["Sudan's police", "Protesters"]),
        ("Gunmen attacked a village.", ["Gunmen"]),
    ],
)
def test_actors_have_one_name_each(book: Codebook, text: str, actors: list[str]) -> None:
    found = list(events_in(text, book)[0].actors)
    assert [name for name in found if name in actors] == actors


def test_who_claims_it(book: Codebook) -> None:
    (event,) = events_in("The Taliban claimed responsibility for a car bomb that killed six.", book)
    assert (event.claimed_by, event.status) == ("Taliban", "occurred")
    event = events_in("Moscow claims its troops captured Bakhmut.", book)[0]
    assert (event.claimed_by, event.status) == ("Russia", "claimed")


@pytest.mark.parametrize(
    ("text", "instrument"),
    [
        ("A drone strike hit a depot.", "drone"),
        ("Missiles hit a depot.", "missile"),
        ("A car bomb went off.", "car bomb"),
        ("Thousands marched in the capital.", ""),
    ],
)
def test_instrument(book: Codebook, text: str, instrument: str) -> None:
    assert events_in(text, book)[0].instrument == instrument


def test_offsets_point_at_the_sentence_and_the_trigger(book: Codebook) -> None:
    text = "It was calm. Then rebels ambushed a convoy of troops. It rained."
    (event,) = events_in(text, book)
    assert text[event.start : event.end] == "Then rebels ambushed a convoy of troops."
    assert text[event.trigger_start : event.trigger_end] == "ambushed"


def test_reading_twice_gives_equal_events(book: Codebook) -> None:
    text = "Rebels attacked the army in Nyala on Monday, killing at least 12."
    assert events_in(text, book) == events_in(text, book)


@pytest.mark.parametrize(
    "text",
    ["{{7*7}} ${alert(1)} `x` </script> rebels attacked the army \u202e", "İstanbul'da İİ attacked",
     "\x00\ufeff attacked \ud800 killed", "attacked", "killed 99999999999999999999999 people",
     "a\u0301ttacked " * 50, "’s ’s ’s - - -", "１２ people were killed by a bomb"],
)  # fmt: skip
def test_hostile_text_is_read_without_harm(book: Codebook, text: str) -> None:
    for event in events_in(text, book):
        assert 0 <= event.start <= event.trigger_start < event.trigger_end <= event.end <= len(text)


WORDS = """rebels attacked the army in Kyiv . , killed 12 and Moscow says would not on Monday if
protest police tear gas by Russian forces from Belgorod no were shelled"""


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=40))
def test_any_order_of_words_can_be_read(words: list[str]) -> None:
    text = " ".join(words)
    for event in events_in(text, load_codebook_once()):
        assert event.start <= event.trigger_start < event.trigger_end <= event.end


_BOOKS: list[Codebook] = []


def load_codebook_once() -> Codebook:
    if not _BOOKS:
        _BOOKS.append(load_codebook(ROOT / "data" / "codebook.yaml"))
    return _BOOKS[0]


@pytest.mark.parametrize("piece", ["a", "attacked ", "take ", "killed 12 and ", "protest. ", "\n"])
def test_a_megabyte_of_one_thing_is_read_in_linear_time(book: Codebook, piece: str) -> None:
    """Four times the text may take about four times as long, with room for a busy machine."""

    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        return cpu_s(lambda: find_events(text, split(text), (), THURSDAY, book))

    small, large = seconds(60_000), seconds(240_000)
    assert large < 12 * small + 0.5


def test_places_named_afterwards_belong_to_the_event_before(book: Codebook) -> None:
    text = "Over forty towns came under shelling. Nyala was among them, and so was El Fasher."
    (event,) = events_in(text, book)
    assert where(text, event) == ["Nyala", "El Fasher"]


@pytest.mark.parametrize(
    ("text", "locations"),
    [
        ("Colombia and the rebels signed a truce in Geneva.", ["Geneva"]),
        ("The leaders of Ukraine and Sudan met in Geneva.", ["Geneva"]),
        ("Shells hit Nyala, El Fasher and Omdurman.", ["Nyala", "El Fasher", "Omdurman"]),
        ("Troops from Khartoum attacked rebels near Nyala.", ["Nyala"]),
        ("The president in Kyiv condemned the invasion of Sudan.", []),
    ],
)
def test_parties_and_topics_are_no_places(book: Codebook, text: str, locations: list[str]) -> None:
    assert where(text, events_in(text, book)[0]) == locations


def test_a_weekday_that_cannot_be_counted_is_not_the_day_told_of_before(book: Codebook) -> None:
    text = "Rebels took Nyala on 11 November 2022. On Saturday shells killed two in El Fasher."
    days = {where(text, event)[0]: event.date_start for event in events_in(text, book, None)}
    assert days == {"Nyala": date(2022, 11, 11), "El Fasher": None}
