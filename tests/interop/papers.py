"""papers.py calendar|feed FILE - what a reader nobody here wrote finds in our calendar and feed."""

import sys


def calendar(path):
    import datetime
    import icalendar

    data = open(path, "rb").read()
    cal = icalendar.Calendar.from_ical(data)
    assert cal["version"] == "2.0" and cal["method"] == "PUBLISH"
    utc = datetime.timezone.utc
    # By the calendar's own VTIMEZONE, not by what this machine knows of the zone.
    zones = {str(z["tzid"]): z.to_tz(lookup_tzid=False) for z in cal.walk("VTIMEZONE")}
    assert set(zones) == {"Asia/Tokyo", "Europe/Berlin"}, zones
    events = {str(e["uid"]): e for e in cal.walk("VEVENT")}
    assert len(events) == 6

    def start(uid):
        value = events[uid]["dtstart"]
        zone = value.params.get("TZID")
        naive = value.dt.replace(tzinfo=None)
        return (naive.replace(tzinfo=zones[zone]) if zone else value.dt).astimezone(utc)

    def instant(*parts):
        return datetime.datetime(*parts, tzinfo=utc)

    assert start("round--1@de.example") == instant(2016, 9, 9, 0, 30)
    assert start("silence--2@de.example") == instant(2016, 3, 27, 0, 30)
    assert start("silence--3@de.example") == instant(2016, 3, 27, 1, 0)
    assert start("silence--4@de.example") == instant(2016, 10, 30, 1, 0)
    assert start("round--6@de.example") == instant(2016, 7, 27, 13, 0)
    first = events["round--1@de.example"]
    assert first["summary"].startswith("1. deutsch-japanische Cyber-Konsultationen; 日独サイバー協議, erste")
    assert first["description"] == "Zeile 1\nZeile 2, mit \\ und ;"
    assert first["sequence"] == 3 and first["url"] == "https://de.example/r/1"
    days = events["round--5@de.example"]
    assert days["dtstart"].dt == datetime.date(2017, 7, 20) and days["dtend"].dt == datetime.date(2017, 7, 22)
    assert days["status"] == "CANCELLED" and days["class"] == "CONFIDENTIAL"
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


def feed(path):
    import feedparser
    import xml.etree.ElementTree as xml

    atom = "{http://www.w3.org/2005/Atom}"
    root = xml.parse(path).getroot()
    assert root.tag == atom + "feed"
    assert root.findtext(atom + "updated") == "2016-09-13T08:00:00Z"
    entries = root.findall(atom + "entry")
    assert len(entries) == 2
    assert entries[0].findtext(atom + "title") == 'Gemeinsame Erklärung <1> & "mehr"'
    assert entries[0].find(atom + "link").get("href") == "https://de.example/r/1?a=b&c=d"
    assert entries[0].findtext(atom + "summary") == "Text\ufffd mit \ufffd Zeichen"
    assert entries[1].find(atom + "title").get("{http://www.w3.org/XML/1998/namespace}lang") == "ja"
    for e in [root] + entries:
        for name in ("id", "title", "updated"):
            assert len(e.findall(atom + name)) == 1, name
    links = [(k.get("rel"), k.get("type"), k.get("hreflang")) for k in root.findall(atom + "link")]
    assert len(links) == len(set(links)) and ("self", "application/atom+xml", None) in links
    parsed = feedparser.parse(path)
    assert not parsed.bozo and len(parsed.entries) == 2, parsed.get("bozo_exception")


{"calendar": calendar, "feed": feed}[sys.argv[1]](sys.argv[2])
