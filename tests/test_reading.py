"""Names in context: what a place is, which one, and what is none. Sentences of our own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from geo.gazetteer import index
from geo.gazetteer.gazetteer import Gazetteer
from geo.model import Mention
from geo.reading.outlet import home_by_words
from geo.reading.reader import find_mentions
from geo.reading.sentences import split
from geo.settings import Settings


@pytest.fixture(scope="module")
def gazetteer(settings: Settings) -> Iterator[Gazetteer]:
    opened = index.open_gazetteer(settings)
    yield opened
    opened.close()


def located(text: str, gazetteer: Gazetteer) -> list[tuple[str, str, str]]:
    """(surface, kind, country) of every mention that has a place."""
    return [
        (m.surface, m.place.kind, m.place.country)
        for m in find_mentions(text, gazetteer)
        if m.place is not None
    ]


def test_towns_in_a_list_are_towns(gazetteer: Gazetteer) -> None:
    text = "Missiles struck Kharkiv, Dnipro, Zaporizhzhia and Mykolaiv, while Lviv was spared."
    found = located(text, gazetteer)
    assert [kind for _, kind, _ in found] == ["settlement"] * 5


@pytest.mark.parametrize("head", ["region", "Oblast", "oblast"])
def test_a_head_word_makes_it_the_region(gazetteer: Gazetteer, head: str) -> None:
    ((surface, kind, _),) = located(f"Shells fell in the Kherson {head} at night.", gazetteer)
    assert surface.startswith("Kherson")
    assert kind == "admin1"


def test_a_plural_head_belongs_to_every_name_of_the_list(gazetteer: Gazetteer) -> None:
    text = "Fighting went on in the Donetsk and Luhansk regions."
    assert [kind for _, kind, _ in located(text, gazetteer)] == ["admin1", "admin1"]


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("Gunmen attacked Tripoli, Lebanon. Troops shelled Tripoli in Libya.", ["LB", "LY"]),
        ("A strike hit San Jose, California. It spread to San José, Costa Rica.", ["US", "CR"]),
    ],
)
def test_each_qualified_name_keeps_its_own_sense(
    gazetteer: Gazetteer, text: str, countries: list[str]
) -> None:
    towns = [country for _, kind, country in located(text, gazetteer) if kind == "settlement"]
    assert towns == countries


def test_one_name_has_one_sense(gazetteer: Gazetteer) -> None:
    text = "A man was shot in Paris, Texas. Police in Paris said he lived. Paris is calm."
    places = {m.place.id for m in find_mentions(text, gazetteer) if m.place and "Par" in m.surface}
    assert len(places) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Paris Hilton and Jack London met Austin Powers.",
        "President Volodymyr Zelenskyy spoke.",
        "Mr. Lincoln said that he was tired.",
        "Doctors feared the West Nile virus.",
        "It cost US$20.",
        "Reading is fun, she said, and Nice is a word.",
        "HMS Coventry and the tug Saratov turned back.",
        "A Canberra-class ship followed.",
        "The Moskva sank under tow.",
        "Shares of Boston Scientific fell.",
        "The Times of India and the Boston Globe printed the letter.",
        "Lima beans and Brussels sprouts were served.",
        "John Rosen, M.D., joined the clinic.",
        "A SWAT team was called.",
        "Santa Claus is coming to town.",
        "Police in Batman film shot three.",
        'The play "Oslo" and the film Munich won prizes.',
        "A bus named Jerusalem crashed, and a cat called Odessa fled.",
        "Guinea pig shops were raided.",
        "Polish remover was thrown.",
        "Turkey was served to the guests. Jersey sales fell.",
        "A container of Bordeaux was stolen.",
        "Leeds United dismissed their coach. Norwich were relegated.",
        "Chelsea beat Newcastle in the semi-final.",
        "Dynamo Kyiv lost, and Oakland Athletics won.",
        "Chicago, the musical, and her novel Brooklyn were praised.",
        "The Jersey cow, Panama hats and Peking duck were gone.",
        "The Oslo accords and the Kyoto protocol were renewed.",
        "Georgia, 34, was walking her dog.",
        "Chad told reporters that he was tired.",
    ],
)
def test_what_only_looks_like_a_place_is_not_located(gazetteer: Gazetteer, text: str) -> None:
    assert located(text, gazetteer) == []


def test_towns_that_lie_together_settle_one_another(gazetteer: Gazetteer) -> None:
    """Each of these names is borne by towns of several states; one county holds them all."""
    text = (
        "Selectmen of Sharon, Salisbury and Cornwall met in Canaan. Crews from Litchfield and "
        "Torrington had cleared the roads to Winsted and Harwinton."
    )
    places = {m.surface: m.place for m in find_mentions(text, gazetteer) if m.place is not None}
    towns = [places[name] for name in ("Canaan", "Litchfield", "Torrington")]
    assert [place.admin1 for place in towns] == ["US-CT"] * 3
    assert {place.country for place in places.values()} == {"US"}


def test_a_towns_own_long_name_is_no_witness_for_it(gazetteer: Gazetteer) -> None:
    text = "Dublin City Council met. Worthington and Columbus in Ohio wait for Dublin."
    assert {m.place.country for m in find_mentions(text, gazetteer) if m.place} == {"US"}


@pytest.mark.parametrize(
    ("text", "surface", "name"),
    [
        ("They spent a week in Cancun on the beach.", "Cancun", "Cancún"),
        ("CHARLESTON, W.Va. -- The lanes have reopened.", "W.Va.", "West Virginia"),
        ("CROMWELL — The third candidate has entered the race.", "CROMWELL", "Cromwell"),
        ("BANTAM (AP) -- A mason was arraigned.", "BANTAM", "Bantam"),
        ("Officials at the White House declined to comment.", "White House", "White House"),
        ("Hopes rose in the Middle East. Egypt was cautious.", "Middle East", "Middle East"),
        ("A barn in Norman, Okla., burned down.", "Norman", "Norman"),
    ],
)
def test_the_usual_sense_of_a_name(
    gazetteer: Gazetteer, text: str, surface: str, name: str
) -> None:
    (found,) = [m for m in find_mentions(text, gazetteer) if m.surface == surface]
    assert found.place is not None
    assert found.place.name == name


def test_everyday_words_tell_where_a_text_was_written(gazetteer: Gazetteer) -> None:
    bare = "A man was shot in London. Police are looking for witnesses."
    text = f"{bare} OPP officers were called in, said Const. Ann Bell, and the RCMP was told."
    assert [country for _, _, country in located(bare, gazetteer)] == ["GB"]
    assert [country for _, _, country in located(text, gazetteer)] == ["CA"]
    assert home_by_words(text) == {"CA": 1.0}
    assert home_by_words("The sheriff came.") == {"US": 0.5}
    assert home_by_words("The sheriff asked the RCMP.") == {}
    assert home_by_words("Call (519) 555-0142 to book a stall.") == {"US": 0.5, "CA": 0.5}
    assert home_by_words(bare) == home_by_words("Lot 1519-555-01429 was sold.") == {}


def test_the_river_is_not_the_city(gazetteer: Gazetteer) -> None:
    text = "Troops crossed the Dnipro. A shop in Dnipro burned."
    assert [kind for _, kind, _ in located(text, gazetteer)] == ["river", "settlement"]


def test_a_named_sea_is_no_province(gazetteer: Gazetteer) -> None:
    text = "A ship was hit in the Red Sea. El Geneina in West Darfur was looted."
    assert ("Red Sea", "sea", "") in located(text, gazetteer)


def test_a_close_spelling_counts_only_beside_the_name_itself(gazetteer: Gazetteer) -> None:
    def misspelt(text: str) -> list[Mention]:
        return [m for m in find_mentions(text, gazetteer) if m.form == "misspelt"]

    (found,) = misspelt("Troops hold Bakhmut. Few people remain in Bakhmukt, officials said.")
    assert found.place is not None
    assert found.place.name == "Bakhmut"
    assert misspelt("Few people remain in Bakhmukt, officials said.") == []
    assert misspelt("Troops hold Bakhmut. Ivan Bakhmukt is their cook.") == []


def test_a_dateline_stays_with_its_sentence() -> None:
    text = "SPRINGFIELD, Ill. - A man was shot. He lived."
    assert [text[a:b] for a, b in split(text)] == [
        "SPRINGFIELD, Ill. - A man was shot.", "He lived.",
    ]  # fmt: skip


def test_below_the_threshold_nothing_is_placed_but_candidates_stay(gazetteer: Gazetteer) -> None:
    text = "A meeting was held in Springfield."
    (strict,) = find_mentions(text, gazetteer, min_confidence=0.99)
    assert strict.place is None
    assert len(strict.candidates) > 1


def test_every_decision_keeps_its_reasons(gazetteer: Gazetteer) -> None:
    mentions = find_mentions("Police in Paris, Texas, said so.", gazetteer)
    assert "followed by Texas" in mentions[0].method
    assert any("in Texas" in reason for reason in mentions[0].candidates[0].reasons)


@pytest.mark.parametrize(
    ("text", "surface", "country"),
    [
        ("A fire swept the camps at Cox's Bazar.", "Cox's Bazar", "BD"),
        ("A dispute arose in King’s Lynn.", "King’s Lynn", "GB"),
        ("Voters in Georgia, including Atlanta and Savannah, went to the polls.", "Georgia", "US"),
        ("Georgia's governor sent troops as protests hit Atlanta.", "Georgia", "US"),
        ("Protesters in Georgia marched through Tbilisi and Batumi.", "Georgia", "GE"),
        ("Flights at Heathrow were cancelled.", "Heathrow", "GB"),
        ("The flood in Derna killed thousands.", "Derna", "LY"),
        ("Rockets landed in the Negev.", "Negev", "IL"),
        ("Heavy fighting went on for Pisky near Donetsk.", "Pisky", "UA"),
        ("Kupiansk was heavily shelled overnight.", "Kupiansk", "UA"),
    ],
)
def test_names_of_the_news_mean_what_readers_expect(
    gazetteer: Gazetteer, text: str, surface: str, country: str
) -> None:
    assert (surface, country) in [(name, where) for name, _, where in located(text, gazetteer)]


@pytest.mark.parametrize(
    ("text", "is_city"),
    [
        ("Donetsk Oblast lost Lyman. Of Donetsk, Zaporizhzhia and Kherson one was hit: a convoy at "
         "the edge of the city of Zaporizhzhia burned.", True),
        ("Shells from Pokrovsk and Donetsk hit the village of Zaporizhzhia.", False),
    ],
)  # fmt: skip
def test_a_village_yields_to_the_city_of_its_name_unless_it_is_called_one(
    gazetteer: Gazetteer, text: str, is_city: bool
) -> None:
    found = [m for m in find_mentions(text, gazetteer) if m.surface == "Zaporizhzhia"]
    assert found
    for mention in found:
        assert mention.place is not None
        assert (mention.place.population > 500_000) == is_city


def test_the_gulf_states_are_no_province_of_papua_new_guinea(gazetteer: Gazetteer) -> None:
    found = located("Leaders of the Gulf states met in Riyadh.", gazetteer)
    assert "PG" not in [country for _, _, country in found]


@pytest.mark.parametrize(
    ("headline", "places"),
    [
        ("RUSSIAN FORCES SHELLED KHERSON ON MONDAY", ["Kherson"]),
        ("PROTESTS IN PARIS AND LYON", ["Paris", "Lyon"]),
        ("ROCKETS HIT KHARKIV AND ODESA", ["Kharkiv", "Odesa"]),
    ],
)
def test_a_headline_in_capitals_names_its_places(
    gazetteer: Gazetteer, headline: str, places: list[str]
) -> None:
    found = [m.place.name for m in find_mentions(headline, gazetteer) if m.place]
    assert [name for name in found if name != "Russia"] == places


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("Police in Sa\u0303o Paulo shot a man.", "Sa\u0303o Paulo"),
        ("A fire in New\u00a0York killed two.", "New\u00a0York"),
        ("Ky\u200biv, the capital of Ukraine, was shelled.", "Ky\u200biv"),
    ],
)
def test_letters_in_pieces_and_what_no_reader_sees_hide_no_name(
    gazetteer: Gazetteer, text: str, surface: str
) -> None:
    assert surface in [name for name, _, _ in located(text, gazetteer)]


@pytest.mark.parametrize(
    "text",
    [
        "Jordan Peterson spoke to a crowd. Later Peterson left. Jordan was tired.",
        "Israel Adesanya was hurt.",
        "London Breed, the former mayor, was there. Later Breed left.",
        "Georgia Meloni arrived.",
    ],
)
def test_a_place_that_is_a_given_name_is_none_before_a_surname(
    gazetteer: Gazetteer, text: str
) -> None:
    assert located(text, gazetteer) == []


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("Batman filmi vizyonda.", []),
        ("Ordu Suriye'ye girdi.", []),
        ("Malang nasibnya, dia ditembak polis.", []),
        ("Il governo ha deciso. Marche e scioperi nel paese. Bari resta chiusa.", []),
        ("Der Angriff begann am Montag. Essen wurde knapp, sagte die Polizei.", []),
        ("Une bombe a explosé à Paris lundi, a dit la police de Lyon.", ["Paris", "Lyon"]),
        ("Ledakan bom di Jakarta menewaskan tiga orang.", ["Jakarta"]),
    ],
)
def test_words_of_another_language_are_no_towns(
    gazetteer: Gazetteer, text: str, surfaces: list[str]
) -> None:
    assert [surface for surface, _, _ in located(text, gazetteer)] == surfaces


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("Israel Railways and the Toronto film festival closed.", ["Israel", "Toronto"]),
        ("He lives in a village called Paris in Texas.", ["Paris", "Texas"]),
        ("A minister called Ukraine a threat.", ["Ukraine"]),
        ("Toyota's Sienna and Tacoma sold well in Lima, and so did the Kia Sedona.", ["Lima"]),
        ("Ford's Cologne plant and a Renault in Havana burned.", ["Cologne", "Havana"]),
        ("Bar, Montenegro, was quiet. Man, in western Ivory Coast, was not.",
         ["Bar", "Montenegro", "Man", "Ivory Coast"]),
        ("Police took cocaine in Turbo, Antioquia.", ["Turbo", "Antioquia"]),
        ("Change, in eastern Ukraine, is slow.", ["Ukraine"]),
        ("Split and Zadar shut their ports. Perm and Ufa burned.",
         ["Split", "Zadar", "Perm", "Ufa"]),
        ("Police and Warsaw officials met.", ["Warsaw"]),
        ("Siberia, the clothing brand, and the Hotel Geneva opened in Lyon.", ["Lyon"]),
        ("Workers of Cafe Vienna marched down the Avenue de Milan in Lyon.", ["Lyon"]),
        ("Guests of the Jordan Hotel drank Havana rum at the Munich beer festival.", ["Munich"]),
        ("Batman star Adam West is dead. Lagos actors marched in Lagos.", ["Lagos", "Lagos"]),
        ("The Mexico Senate met in Mexico.", ["Mexico", "Mexico"]),
        ("Rebels left for Juba after they retook Bor from fighters of Jonglei.",
         ["Juba", "Bor", "Jonglei"]),
        ("Turkey was served with a warning. Turkey exports rose.", ["Turkey", "Turkey"]),
        ("Ukraine lost Bakhmut in May, Russia won Soledar.",
         ["Ukraine", "Bakhmut", "Russia", "Soledar"]),
        ("Doha hosted the World Cup, and an Arab League envoy visited Damascus.",
         ["Doha", "Damascus"]),
        ("Jordan Peterson flew to Jordan. Jordan has no rain.", ["Jordan", "Jordan"]),
        ("Chad told reporters it would close its border.", ["Chad"]),
        ("A judge in the Northern District of Texas ruled.", ["Texas"]),
        ("Police of the Northern District of Israel came.", ["Northern District", "Israel"]),
    ],
)  # fmt: skip
def test_what_a_rule_about_things_and_people_leaves_alone(
    gazetteer: Gazetteer, text: str, surfaces: list[str]
) -> None:
    assert [surface for surface, _, _ in located(text, gazetteer)] == surfaces


def test_a_title_of_nobility_is_part_of_another_name(gazetteer: Gazetteer) -> None:
    (mention,) = find_mentions("The Prince of Wales came.", gazetteer)
    assert mention.form == "nested"
    assert mention.confidence < 0.6


def test_the_side_of_a_match_is_part_of_another_name(gazetteer: Gazetteer) -> None:
    mentions = find_mentions("Kansas City crushed Buffalo 31-10.", gazetteer)
    assert {m.form for m in mentions} == {"nested"}
    assert all(m.confidence < 0.5 for m in mentions)


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("Georgia Governor Brian Kemp spoke. In Georgia, police shot a man.", ["US-GA"] * 2),
        ("Georgia's governor sent troops, and Georgia's legislature met.", ["US-GA"] * 2),
        ("Georgia's secretary of state spoke. In Georgia, votes are counted.", ["US-GA"] * 2),
        ("The Georgia Senate met. In Georgia, votes are counted.", ["US-GA"] * 2),
        ("She left the University of Georgia. Georgia Republicans cheered.", ["US-GA"] * 2),
        ("The mayor of Tbilisi met Georgia's prime minister in Batumi, Georgia.", ["", ""]),
        ("Georgia's president resigned. Police in Georgia shot a man.", ["", ""]),
    ],
)
def test_a_state_with_a_governor_is_meant_throughout(
    gazetteer: Gazetteer, text: str, areas: list[str]
) -> None:
    found = [m.place for m in find_mentions(text, gazetteer) if m.surface == "Georgia"]
    assert [place.admin1 for place in found if place] == areas


@pytest.mark.parametrize(
    ("text", "surface", "within"),
    [
        ("The University of Georgia in Athens closed.", "Athens", "US-GA"),
        ("Mexico's secretary of state resigned.", "Mexico", "MX"),
        ("Niger's governor visited Minna.", "Niger", "NG-NI"),
        ("Troops retook Bor from fighters in Jonglei.", "Bor", "SS-JG"),
    ],
)
def test_a_region_or_an_office_tells_which_place_it_is(
    gazetteer: Gazetteer, text: str, surface: str, within: str
) -> None:
    places = {m.surface: m.place for m in find_mentions(text, gazetteer)}
    place = places[surface]
    assert place is not None
    assert (place.admin1 or place.country) == within


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A shooting in Hell, Michigan, killed two.", "Hell"),
        ("A flood in Rockville, Ohio, killed two.", "Rockville"),
        ("A flood in Rockville, a town in Ohio, killed two.", "Rockville"),
        ("The Bakh region was shelled.", "Bakh"),
        ("Soldiers attacked Nyamzimu on Monday.", "Nyamzimu"),
        ("Sectarian clashes in Kurram killed 20.", "Kurram"),
        ("Jihadists attacked Djibo and Zafkoro on Monday.", "Zafkoro"),
    ],
)
def test_a_place_that_nobody_lists_is_named_and_not_located(
    gazetteer: Gazetteer, text: str, name: str
) -> None:
    found = {m.surface: m.place for m in find_mentions(text, gazetteer)}
    assert name in found
    assert found[name] is None


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("Israel bombed Gaza City on Monday.", "Gaza City", "PS"),
        ("Israeli planes struck Tyre overnight.", "Tyre", "LB"),
        ("Ukrainian marines hold Krynky.", "Krynky", "UA"),
        ("M23 fighters took Minova.", "Minova", "CD"),
        ("A drone strike hit Tudun Biri.", "Tudun Biri", "NG"),
        ("Gunmen clashed in Tripoli between Jabal Mohsen and Bab al-Tabbaneh.", "Tripoli", "LB"),
        ("Police fought near Bakh\x00mut.", "Bakh\x00mut", "UA"),
        ("He lives in Boston, Massachusetts, now.", "Boston", "US"),
        ("Protests in Munich, Berlin, and Bonn grew.", "Munich", "DE"),
    ],
)
def test_towns_of_war_and_of_lists_are_found(
    gazetteer: Gazetteer, text: str, name: str, country: str
) -> None:
    found = {surface: where for surface, _, where in located(text, gazetteer)}
    assert found.get(name) == country
