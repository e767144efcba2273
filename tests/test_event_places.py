"""Places that a sentence names though nothing happens there, and deeds that it only refers to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from geo.model import Article, Event, Reading
from geo.pipeline import open_reader
from geo.settings import Settings

Read = Callable[[str], Reading]

PUBLISHED = date(2023, 5, 2)


@pytest.fixture(scope="module")
def read(settings: Settings) -> Read:
    reader = open_reader(settings)
    return lambda text: reader(Article.of(text, published=PUBLISHED))


def where(reading: Reading, event: Event, role: str = "location") -> set[str]:
    """The names, as written, of an event's places of a role."""
    return {reading.mentions[p.mention].surface for p in event.places if p.role == role}


def located(reading: Reading) -> set[str]:
    return {name for event in reading.events for name in where(reading, event)}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Shells killed three people in Marhanets, west of Nikopol, on Monday.", {"Marhanets"}),
        ("A rocket hit a school in Chuhuiv, south-east of the city of Kharkiv.", {"Chuhuiv"}),
        ("Soldiers shot a farmer twenty kilometres north of Mosul.", set()),
        ("A bomb killed two women in Izmail, opposite Romania.", {"Izmail"}),
        ("A drone struck a mill in Sumy, 30 miles from Russia.", {"Sumy"}),
        ("A car bomb killed four people in the south of Baghdad.", {"Baghdad"}),
        ("Rebels and the army fought in villages east of Aleppo.", {"Aleppo"}),
    ],
)
def test_a_point_of_reference_is_no_location(read: Read, text: str, places: set[str]) -> None:
    assert located(read(text)) == places


def test_a_place_from_before_is_taken_where_only_a_point_of_reference_is_named(read: Read) -> None:
    reading = read(
        "Shells fell on Irpin on Monday. On Tuesday soldiers left the town, north-west of Kyiv."
    )
    assert [where(reading, event) for event in reading.events] == [{"Irpin"}, {"Irpin"}]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Odesa, a port on the Black Sea, was shelled on Monday.", {"Odesa"}),
        ("Mykolaiv, near the mouth of the Southern Bug, was shelled on Monday.", {"Mykolaiv"}),
        ("In Kyiv, a missile hit a market.", {"Kyiv"}),
    ],
)
def test_what_describes_a_place_is_no_location(read: Read, text: str, places: set[str]) -> None:
    assert located(read(text)) == places


@pytest.mark.parametrize(
    ("text", "places", "origins"),
    [
        ("Rockets fired from a frigate in the Caspian Sea hit Odesa on Monday.",
         {"Odesa"}, {"Caspian Sea"}),
        ("Rockets from Gaza set a shed near Ashkelon on fire on Tuesday.", {"Ashkelon"}, {"Gaza"}),
        ("Russia struck Ukraine with 40 missiles and ten drones on Monday.",
         {"Ukraine"}, {"Russia"}),
        ("Police led 80 people from their houses in Kherson on Monday and evacuated them.",
         {"Kherson"}, set()),
    ],
)  # fmt: skip
def test_where_fire_came_from_is_its_origin(
    read: Read, text: str, places: set[str], origins: set[str]
) -> None:
    reading = read(text)
    assert located(reading) == places
    assert {n for event in reading.events for n in where(reading, event, "origin")} == origins


@pytest.mark.parametrize(
    "text",
    [
        "A plan to evacuate patients to Vinnytsia failed because of shelling on the road.",
        "Police arrested a clerk on Monday who is said to have sent photographs to Russia.",
    ],
)
def test_a_destination_is_no_location(read: Read, text: str) -> None:
    reading = read(text)
    assert reading.events
    assert located(reading) == set()


def test_a_district_is_not_the_town_that_it_is_named_after(read: Read) -> None:
    reading = read(
        "A shell killed two men in Nowhereivka, a village in Izium district of Kharkiv Oblast."
    )
    assert located(reading) == {"Nowhereivka", "Kharkiv Oblast"}
    assert located(read("Shells killed two men in Izium and a third in Kupiansk.")) == {
        "Izium", "Kupiansk",
    }  # fmt: skip


def test_a_power_station_stands_where_it_is_said_to_stand(read: Read) -> None:
    reading = read("Shells hit the Rivne nuclear power plant in Varash on Monday.")
    assert located(reading) == {"Varash"}


@pytest.mark.parametrize(
    "text",
    [
        "On the day of the attack the prime minister was in Oslo.",
        "The president called the strikes an answer to the explosion on a pier in Kerch.",
        "Detectives opened an investigation into careless work, a leak and sabotage in Turin.",
        "The general said that his guns had aimed at a meeting of officers.",
        "The railway carries supplies for the troops in Crimea.",
        "The farm lies behind a second belt of trenches and mines.",
        "The largest exchange since the invasion took place in Sumy.",
        "A wave of cold shut down the power station in Lviv.",
        "Long queues of lorries formed at the port of Odesa.",
    ],
)
def test_what_is_only_referred_to_is_no_event(read: Read, text: str) -> None:
    assert not [e for e in read(text).events if e.type != "Statements and diplomacy"]


def test_what_others_prepare_for_is_planned(read: Read) -> None:
    (event,) = read(
        "Staff warned that brigades were being regrouped for an offensive in Donbas."
    ).events
    assert (event.type, event.status) == ("Battles", "planned")


def test_a_strike_that_is_called_something_is_no_walkout(read: Read) -> None:
    reading = read("Ankara called a strike on Monday an answer to an attack in Hatay.")
    assert not {event.type for event in reading.events} & {"Protests", "Riots"}
    assert {e.type for e in read("Unions called a strike for Monday in Lyon.").events} == {
        "Protests"
    }


def test_the_place_of_what_is_only_recalled_is_not_carried_over(read: Read) -> None:
    reading = read(
        "A blast wrecked a barracks in Horlivka on Friday. Many of the men had surrendered in "
        "Melitopol in May. The army said that it had hit the building with rockets."
    )
    blasts = [e for e in reading.events if e.type == "Explosions/Remote violence"]
    assert [where(reading, event) for event in blasts] == [{"Horlivka"}] * len(blasts)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        # Nobody knows the village, so the places of what else is told are not its own.
        ("A missile fell on a barn in Nowhereivka while rockets struck Lviv.",
         {"Nowhereivka"}),
        ("A shell killed two men in Nowhereivka, a village in the north of Kharkiv Oblast.",
         {"Nowhereivka", "Kharkiv Oblast"}),
        ("Drones struck a ship at Kerch in Crimea on Monday.", {"Kerch"}),
        ("Gunmen killed ten villagers in Lviv, in the north of Burkina Faso.",
         {"Lviv", "Burkina Faso"}),
        ("Rebels said that they had taken Soledar.", {"Soledar"}),
        ("Artillery pounded Jermuk and Goris overnight.", {"Jermuk", "Goris"}),
        ("Jets bombed a market in Gaza City.", {"Gaza City"}),
        ("Rockets hit Ashkelon, and a woman in Sderot was killed.", {"Ashkelon", "Sderot"}),
        ("Thousands marched against gun violence in Belgrade.", {"Belgrade"}),
        # who acts or speaks, and what for, is not where
        ("Moscow shelled Kharkiv.", {"Kharkiv"}),
        ("The mayor of Kherson said two people were killed in Beryslav.", {"Beryslav"}),
        ("Relatives in Manila mourned workers killed in Riyadh.", set()),
        ("Hundreds rallied in Berlin to mark the fall of Assad in Damascus.", {"Berlin"}),
        ("The bus travelling from Quetta to Karachi was attacked by gunmen near Kalat.", {"Kalat"}),
        ("Students in Dhaka demanded justice for a rape victim in Sylhet.", {"Dhaka"}),
        ("Pyongyang launched two missiles into the Sea of Japan.", {"Sea of Japan"}),
        ("Two rockets fired from Belgorod hit a market in Kharkiv.", {"Kharkiv"}),
        ("The BBC's Jerusalem office said shells hit Rafah.", {"Rafah"}),
        ("The Hague court heard of killings in Vukovar.", {"Vukovar"}),
        ("Islamic State in Iraq and Syria beheaded a man in Sirte.", {"Sirte"}),
        ("Police fired tear gas in Santa Cruz during a march for Gaza.", {"Santa Cruz"}),
        ("A plane from Lagos to Nairobi was hijacked at Entebbe.", {"Entebbe"}),
        ("After the loss of Popasna the soldiers fought in Siversk.", {"Siversk"}),
        ("Guns shelled Chasiv Yar on Monday; by Tuesday a ceasefire had been agreed in Oslo.",
         {"Chasiv Yar", "Oslo"}),
        ("Shells killed two men in Cherkaske, Kramatorsk Raion, Donetsk Oblast.",
         {"Cherkaske"}),
    ],
)  # fmt: skip
def test_each_event_has_its_own_places(read: Read, text: str, places: set[str]) -> None:
    assert located(read(text)) == places


def test_officials_of_a_capital_leave_no_place_to_carry_over(read: Read) -> None:
    reading = read(
        "The plant is lost, the General Staff in Kyiv said on Tuesday. "
        "With it Ukraine gives up the last corner of the city."
    )
    assert "Kyiv" not in located(reading)


def test_martial_law_is_declared_in_no_town_of_the_sentence_before(read: Read) -> None:
    reading = read("Shells fell on Sumy on Monday. The president declared martial law.")
    law = [event for event in reading.events if event.subtype == "Other"]
    assert [where(reading, event) for event in law] == [set()]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Armed men shot girls at a school in Qarazanji last Friday.", "Qarazanji"),
        ("Gunmen raided the village of Qarat Zubara at night.", "Qarat Zubara"),
        ("The village of Umm Qarzal was raided by gunmen who killed two men.", "Umm Qarzal"),
        ("A bomb went off near al-Zawqiyah on Monday.", "al-Zawqiyah"),
        ("Fighters stabbed the imam of Dogofulle to death.", "Dogofulle"),
    ],
)
def test_a_place_that_no_gazetteer_lists_is_named_and_not_pinned(
    read: Read, text: str, name: str
) -> None:
    reading = read(text)
    (mention,) = [m for m in reading.mentions if m.surface == name]
    assert mention.place is None
    assert located(reading) == {name}


@pytest.mark.parametrize(
    "text",
    [
        "A bomb was found in Kotzerby's garage.",
        "The lorry stopped near Autostrada 435 and burned.",
        "Two men fought in Parliament, and one in Congress.",
        "He was killed in Operation Thunderbolt.",
        "They put their trust in Margaret and in Islam.",
    ],
)
def test_not_every_unknown_name_is_a_place(read: Read, text: str) -> None:
    assert [m.surface for m in read(text).mentions] == []


def test_a_town_said_to_lie_in_a_country_that_has_none_of_its_name_is_not_pinned(
    read: Read,
) -> None:
    reading = read("Gunmen killed 132 villagers in Skopje, in the north of Burkina Faso.")
    assert [m.place and m.place.country for m in reading.mentions] == [None, "BF"]


def test_two_protests_of_one_sentence_are_two_events(read: Read) -> None:
    reading = read(
        "Protesters marched in Lyon on Saturday, and in Marseille hundreds of students rallied."
    )
    assert [where(reading, event) for event in reading.events] == [{"Lyon"}, {"Marseille"}]


def test_each_part_of_a_sentence_counts_its_own_dead(read: Read) -> None:
    reading = read(
        "Shells hit a school in Kherson, killing two, and in Kupiansk a shell wounded three."
    )
    counts = {
        "".join(where(reading, event)): (event.fatalities_low, event.injured_low)
        for event in reading.events
    }
    assert counts == {"Kherson": (2, None), "Kupiansk": (None, 3)}


def test_the_dead_of_a_flood_are_not_a_protest_s(read: Read) -> None:
    reading = read("Flooding in Derna killed thousands; in Tripoli, protesters demanded answers.")
    assert [(e.subtype, e.fatalities_low) for e in reading.events] == [
        ("Disaster", 2_000), ("Peaceful protest", None),
    ]  # fmt: skip


def test_the_city_is_the_town_named_before_and_the_country_the_country(read: Read) -> None:
    reading = read(
        "Rebels burnt a church in Marawi. The president put Mindanao under martial law. "
        "Thousands fled the city on Wednesday."
    )
    assert where(reading, reading.events[-1]) | where(reading, reading.events[-1], "origin") == {
        "Marawi"
    }
    reading = read(
        "Thousands marched through the cities of France. In Bordeaux demonstrators burnt a door. "
        "Unions called for strikes and marches throughout the country on Tuesday."
    )
    assert where(reading, reading.events[-1]) == {"France"}


def test_a_town_is_no_month(read: Read) -> None:
    (event,) = read("Drones dropped bombs on the stalls in the district of May.").events
    assert event.date_start == PUBLISHED


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("Workers marched in Lagos and Abuja on Thursday; police fired tear gas in Abuja.",
         {"Peaceful protest": {"Lagos"}, "Protest with intervention": {"Abuja"}}),
        ("A dozen villagers were abducted in Zamfara while, in Kaduna, gunmen killed five farmers.",
         {"Abduction/forced disappearance": {"Zamfara"}, "Attack": {"Kaduna"}}),
        ("Fighting went on near Robotyne, and in Berlin, students protested against Russia.",
         {"Armed clash": {"Robotyne"}, "Peaceful protest": {"Berlin"}}),
        ("Two men were shot dead in Qalqilya and soldiers raided Jenin.",
         {"Attack": {"Qalqilya"}, "Armed clash": {"Jenin"}}),
        ("Police in Paris arrested a man wanted for a bombing in Brussels.",
         {"Arrests": {"Paris"}}),
        ("A court in Istanbul jailed 12 people over a bombing in Ankara.",
         {"Arrests": {"Istanbul"}}),
        ("Youths threw stones at police in Dhaka and police fired tear gas in Sylhet.",
         {"Violent demonstration": {"Dhaka"}, "Protest with intervention": {"Sylhet"}}),
        ("Gunmen abducted ten pupils in Zamfara, and in Kaduna, bandits killed five farmers.",
         {"Abduction/forced disappearance": {"Zamfara"}, "Attack": {"Kaduna"}}),
    ],
)  # fmt: skip
def test_what_one_sentence_tells_of_two_towns_is_parted(
    read: Read, text: str, events: dict[str, set[str]]
) -> None:
    reading = read(text)
    assert {event.subtype: where(reading, event) for event in reading.events} == events


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("Water poured through a breach in the Kakhovka dam.", "Kakhovka dam"),
        ("Shells hit the Zaporizhzhia nuclear power plant.", "Zaporizhzhia nuclear power plant"),
        ("Iran fired missiles at the Ain al-Asad base in Iraq.", "Ain al-Asad base"),
    ],
)
def test_a_site_is_known_where_its_head_has_no_capital(read: Read, text: str, site: str) -> None:
    (mention,) = [m for m in read(text).mentions if m.surface == site]
    assert mention.place is not None
    assert mention.place.kind == "site"


def test_of_a_site_and_its_town_the_surer_point_stays(read: Read) -> None:
    assert located(read("Men of the Azovstal plant in Mariupol were shot dead.")) == {"Mariupol"}
    assert located(read("A bomb killed 13 soldiers at Kabul airport in Kabul.")) == {
        "Kabul airport"
    }


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("In Berlin, students protested against Russia.", {"Berlin"}),
        ("Fighters killed eight villagers in Oicha. In Bukavu, students protested against Rwanda.",
         {"Oicha", "Bukavu"}),
        ("Thousands protested in Tehran against Israel.", {"Tehran"}),
    ],
)  # fmt: skip
def test_a_protest_is_where_people_stand_and_not_where_they_look(
    read: Read, text: str, places: set[str]
) -> None:
    assert located(read(text)) == places


def test_a_town_that_nobody_lists_is_not_taken_for_the_next_one(read: Read) -> None:
    reading = read("Rebels captured Shasha on Monday, cutting the road to Goma.")
    assert located(reading) == {"Shasha"}
    assert next(m for m in reading.mentions if m.surface == "Shasha").place is None
