"""Words beside a name that tell what it is: the general English of news, from no corpus."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Directly before a name. "in" and "near" nearly always speak for a place; "to" and "from" often.
STRONG_PREPOSITIONS = _words(
    "in near at outside inside across throughout toward towards around via within into off"
)
WEAK_PREPOSITIONS = _words("from to of through over between against on leaving visiting entering")
# What is done to a town as a whole, in war and disaster; the second list is done to people as well.
DONE_TO_TOWNS = _words(
    "shelled shelling shells bombarded bombarding pounded pounding overran overrun retook retake "
    "retaken retaking recaptured recapture liberated liberate besieged besieging encircled "
    "encircling occupied occupying rocked devastated flattened razed engulfed"
)
DONE_TO_TOWNS_TOO = _words(
    "took taken taking captured capturing capture seized seizing seize attacked bombed bombing "
    "hit struck destroyed destroying stormed raided reached defended hold holds held lost won"
)
# Who does such things to towns rather than to people, not far before the verb.
ARMED = re.compile(
    r"\b(?:soldiers|troops|forces|fighters|gunmen|militants|militia(?:men|s)?|rebels|army|"
    r"insurgents|jihadists|extremists|terrorists|bandits|marines|paratroopers|"
    r"(?:air)?strikes?|drones?|missiles?|rockets?|shells|bombs|warplanes|planes|jets|helicopters|"
    r"artillery|earthquake|quake|cyclone|hurricane|typhoon|tornado|floods|M23|RSF|IDF|Taliban|"
    r"Islamic State|Boko Haram|al-Shabaab|Hezbollah|Hamas|Houthis?|Wagner)\b[^.;\n]{0,40}\Z",
    re.IGNORECASE,
)
# The same said after the name: "Lyman was retaken", "Kupiansk came under fire".
DONE_TO_TOWNS_AFTER = re.compile(
    r" (?:(?:was|were|is|has been|had been) (?:[a-z]+ly |again |also )?(?:shelled|bombarded|"
    r"pounded|overrun|retaken|recaptured|liberated|besieged|encircled|occupied|devastated|flattened|razed|"
    r"evacuated|flooded|without power|under (?:siege|curfew|fire|attack|control|occupation))|"
    r"(?:came|comes|has come) under (?:[a-z]+ )?(?:fire|shelling|attack|bombardment|control))\b"
)
TOWN = (  # as a part of a regular expression
    r"(?:city|town|village|capital|settlement|regional cent(?:re|er)|administrative cent(?:re|er))"
)
SEAT_WORDS = _words(  # "the city of X", "the town X", "capital X"
    "city town village capital port settlement hamlet municipality suburb province region "
    "state district county oblast island republic neighborhood neighbourhood downtown "
    "northern southern eastern western central northeastern northwestern southeastern "
    "southwestern north-eastern north-western south-eastern south-western upstate nearby "
    "neighbouring neighboring coastal rural occupied besieged"
)
# Directly after a name, lower case.
SAYING = _words(
    "said says told tells added adds wrote writes asked asks replied explained argued noted "
    "tweeted insisted testified recalled joked smiled laughed thinks thought believes wants "
    "wanted played scored died who whose himself herself aged"
)
GOVERNING = _words(  # what a capital does when it stands for its government
    "said says told tells wants wanted accused accuses denied denies insists insisted "
    "announced claims claimed argues argued believes rejected rejects agreed agrees vowed "
    "vows threatened warned warns responded retaliated imposed hopes fears sees considers "
    "regards calls called blames blamed supports backs backed refuses refused urged demanded "
    "demands plans intends"
)
PLACE_AFTER = _words(
    "region area oblast province district county city town suburb village residents resident "
    "metropolitan airport border coast valley river bay peninsula direction sector front "
    "based area's neighborhood neighbourhood native borough parish territory prefecture "
    "governorate outskirts municipality island hospital police officials"
)
LOCALS_AFTER = _words(
    "man woman men women mother father teen teenager teenagers couple boy girl native lawyer "
    "family businessman businesswoman restaurant motorist driver pensioner student students "
    "homeowner"
)
# Heads of media, companies and teams: "the Washington Post" is nowhere, while the "Paris Police
# Department" works in Paris.
PAPERS = _words("times post herald tribune journal gazette chronicle mirror telegraph")
TITLES_AFTER = _words(
    "times post herald tribune journal gazette news daily chronicle star mirror telegraph guardian "
    "observer press magazine review today airlines airways air bank motors electric "
    "fc rovers wanderers rangers tigers bulldogs eagles lions bears wildcats panthers warriors "
    "cowboys giants jets dolphins ravens saints falcons cardinals yankees mets dodgers lakers "
    "celtics bulls heat rockets indians braves twins padres broncos patriots chargers "
    "inc corp corporation co company ltd llc plc group holdings foods steel petroleum oil "
    "pharmaceuticals insurance securities capital instruments technologies systems industries "
    "agreement accord accords convention conventions protocol treaty "
    "enterprises partners brewery records pictures studios globe examiner inquirer scientific "
    "yachts shipping carrier express bancorp savings kings royals knights scorchers capitals "
    "rockies rebels raiders senators devils hornets hurricanes marlins pirates reds "
    "athletics astros phillies angels nationals brewers diamondbacks mariners orioles clippers "
    "grizzlies nuggets pelicans spurs timberwolves cavaliers pistons pacers knicks colts texans "
    "titans jaguars bengals steelers vikings packers buccaneers seahawks bruins sabres canadiens "
    "whitecaps sounders roughriders argonauts stampeders alouettes raptors "
    "flyers penguins predators blackhawks canucks oilers ag gmbh re"
)
# Where these begin a name it is a club's: "Real Madrid", "Dynamo Kyiv".
CLUBS_BEFORE = _words(
    "real inter atletico atlético dynamo dinamo spartak lokomotiv torpedo zenit shakhtar metalist "
    "chornomorets borussia bayern eintracht hertha werder olympique racing sporting "
    "deportivo steaua slavia sparta legia hapoel maccabi beitar zamalek esperance wydad raja"
)
# Where these end a name it is a team's: "Leeds United", not the "United Methodist Church".
TEAMS_AFTER = _words("united athletic albion hotspur")
# Countries, states and cities whose names are given to people as well.
NAMESAKES = _words(
    "israel jordan georgia india ireland kenya asia africa america china chad cuba london paris "
    "chelsea brooklyn austin dallas denver savannah florence sydney victoria adelaide carolina "
    "virginia dakota montana phoenix madison camden lincoln houston boston memphis alexandria "
    "valencia milan vienna geneva sofia verona siena catalina petra salem santiago roman tyrone "
    "cheyenne tennessee indiana louisiana arizona egypt persia italia francia malia"
)
# Before the name of a ship, abroad or at home.
VESSELS = _words(
    "hms uss hmas hmcs hmnzs ins rfa mv ms ss mt tug frigate cruiser destroyer corvette ferry "
    "trawler tanker freighter yacht submarine warship vessel ship boat liner schooner"
)
# What is eaten, drunk, worn or kept under the name of a place; "Brussels sprouts" grow anywhere.
WARES_AFTER = _words(
    "pig pigs fowl tiger tigers pony ponies mastiff duck hat hats boots nuts peppers cat cats "
    "sprouts beans ham cheese sausage sausages bread cake cream salad sauce roast pudding wine "
    "tea coffee pepper salts syndrome dressing terrier terriers spaniel retriever blanket suit"
)
# Who acts for a town, so that the name before the title is the town's.
OFFICES_AFTER = _words(
    "mayor sheriff councilman councilwoman councillor councilor alderman selectman selectmen "
    "fire police coroner township"
)
# After "the X" these make X a thing of its own: "the Moskva sank".
_VERBS = "was is has had went will would can could did does sank sailed left hit lies lay"
THINGS_AFTER = _words(f"{_VERBS} that which who in on at to by from with for and but as when")
# "West Nile virus", "Lassa fever": the disease, not the place it was first seen at.
DISEASES_AFTER = _words("virus viruses fever flu disease strain variant syndrome ebolavirus pox")
# "X region", "X Oblast": the name is that of an area.
AREA_HEADS = {
    "region": ("admin1", "region", "admin2"),
    "oblast": ("admin1",),
    "province": ("admin1", "admin2"),
    "governorate": ("admin1", "admin2"),
    "prefecture": ("admin1", "admin2"),
    "state": ("admin1",),
    "krai": ("admin1",),
    "republic": ("admin1", "country"),
    "department": ("admin1", "admin2"),
    "canton": ("admin1",),
    "emirate": ("admin1",),
    "voivodeship": ("admin1",),
    "territory": ("admin1", "region"),
    "peninsula": ("region", "admin1", "island"),
    "district": ("admin2", "admin1"),
    "county": ("admin2", "admin1"),
    "parish": ("admin2",),
    "raion": ("admin2",),
    "borough": ("admin2",),
    "river": ("river",),
    "sea": ("sea",),
    "island": ("island",),
    "islands": ("island", "country"),
    "desert": ("desert", "region"),
    "strait": ("strait", "sea"),
    "gulf": ("sea", "gulf"),
    "direction": ("region",),
    "sector": ("region",),
}  # fmt: skip
AREA_HEADS |= {
    plural: AREA_HEADS[one]
    for one, plural in (
        ("region", "regions"), ("oblast", "oblasts"), ("province", "provinces"),
        ("district", "districts"), ("county", "counties"), ("state", "states"),
        ("river", "rivers"), ("department", "departments"),
    )
}  # fmt: skip
# Kinds that English names with "the": "the Dnipro" is a river, never the city.
WITH_ARTICLE = frozenset(
    {"river", "sea", "ocean", "mountains", "desert", "gulf", "strait", "region", "canal", "site"}
)
# Lower-case words that may stand inside a name.
CONNECTORS = re.compile(
    r"(?: |-|[.] | (?:of|de|del|della|di|da|do|dos|das|la|las|los|le|les|el|al|an|der|den|am|im|"
    r"upon|on|under|sur|and|the|of the|de la|de los|y|e)(?: |-)|"
    r" (?:ad|ar|as|ash|at|az|ez)-|"
    r"-(?:sur|upon|under|sous|lès|en-le|[a-z]{1,3})-)\Z"
)
DIRECTIONS = _words("north south east west northeast northwest southeast southwest")
NOT_SENTENCE_NAMES = _words(  # capital only because a sentence starts
    "the a an this that these those it he she they we you i his her their our my your its in "
    "on at by for from with to of as if when while where after before since although but and "
    "or nor so yet because though however meanwhile moreover also there here what who why how "
    "not no yes all some many most more few several both each every any one two three four "
    "five six seven eight nine ten another other others such until unless despite during "
    "under over about above between against among amid across around near inside outside into "
    "onto upon without within once now then today yesterday tomorrow only even just still "
    "again according earlier later last next new first second third police officials "
    "authorities people residents soldiers troops forces local military government president "
    "minister"
)

# Capitalised heads of names that few gazetteers list: the name is a place, but not the town in it
# ("Paris Street" is not Paris). A county or river that is listed is found under its full name.
FEATURE_HEADS = _words(
    "street avenue road boulevard lane drive highway expressway turnpike river creek lake "
    "reservoir lagoon canyon mountain mountains hill hills ridge peak glacier forest bay cove "
    "beach valley gorge falls swamp marsh trail township county parish borough bridge tunnel "
    "canal harbor harbour island islands peninsula plateau desert strait"
)
FEATURE_PREFIXES = _words("lake mount mt cape fort camp loch wadi jebel")
WATERS = _words("sea ocean river gulf strait lake")
# An area that fits none of the gazetteer's kinds is still around the town it is named after.
LOOSE_HEADS = _words(
    "region regions area province provinces district districts department departments "
    "territory direction sector state states republic governorate peninsula"
)
SPEAKING = _words("speak speaks speaking spoke spoken fluent learn learns learning studied")
# Surnames that more often end the name of something in the place before them.
NO_SURNAMES = (
    FEATURE_HEADS
    | DIRECTIONS
    | frozenset(AREA_HEADS)
    | _words("park hall square market church house gardens garden banks central cross town gate "
             "knight knights black green gold rice sea fish woods wells castle temple parks")
)  # fmt: skip
