// Writes zones.tsv: UTC instant, zone, offset in seconds, weekday; as ICU (the tz database) sees them.
// node make.mjs > zones.tsv
const zones = ["Europe/Berlin", "Asia/Tokyo", "UTC"];
const names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

function offset(ms, zone) {
	const f = new Intl.DateTimeFormat("en-GB", {timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit",
		day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", era: "short"});
	const p = Object.fromEntries(f.formatToParts(ms).map((x) => [x.type, x.value]));
	return (Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second) - ms) / 1000;
}

function lastSunday(year, month) {
	const d = new Date(Date.UTC(year, month, 0, 1));
	return d.getTime() - d.getUTCDay() * 86400000;
}

const instants = new Set();
for (let y = 1952; y <= 2040; y++) {
	for (const m of [3, 9, 10])
		for (const s of [-1000, 0])
			instants.add(lastSunday(y, m) + s);
	for (const [m, d] of [[1, 1], [2, 28], [3, 1], [7, 15], [12, 31]])
		instants.add(Date.UTC(y, m - 1, d, 23, 59, 59));
}
for (const s of ["1980-04-06T00:59:59Z", "1980-04-06T01:00:00Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2000-02-29T12:00:00Z",
	"2016-03-27T00:59:59Z", "2016-03-27T01:00:00Z", "2016-09-09T00:30:00Z", "2016-10-30T00:59:59Z", "2016-10-30T01:00:00Z", "2100-02-28T23:59:59Z",
	"2100-03-01T00:00:00Z"])
	instants.add(Date.parse(s));
for (const ms of [...instants].sort((a, b) => a - b))
	for (const zone of zones)
		console.log([new Date(ms).toISOString().replace(".000", ""), zone, offset(ms, zone), names[new Date(ms).getUTCDay()]].join("\t"));
