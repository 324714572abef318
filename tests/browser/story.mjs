// story.mjs DE-URL JP-URL OUTDIR: the consultation of 9 September 2016, carried through the pages of two nodes that follow
// each other: Berlin's people in German on the one, Tokyo's in Japanese on the other, at the same time. From the series to
// the promise "Berlin, 2017" and what the overview says of it; with a conflict, a refusal, brackets, an embargo that both
// keep, and a line that is cut meanwhile (this program is the line: LINES="port:port,…" says from where to where). Then
// once more in short, without JavaScript and by keyboard alone, and axe on every page. Users and nodes: story.sh.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const [baseDe, baseJp, out] = process.argv.slice(2);
if (!baseDe || !baseJp || !out) {
  console.error('usage: story.mjs DE-URL JP-URL OUTDIR');
  process.exit(2);
}
mkdirSync(out, { recursive: true });

const password = 'korrekt pferd batterie';
const patience = 30000;
const slug = 'de-jp-cyber';
const series = `series/${slug}`;
const round = `${series}/rounds/1`;
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
let faults = 0;
let done = 0;
let shots = 0;
function expect(ok, what) {
  done++;
  if (ok) return;
  faults++;
  console.error(what);
}

// ---- the line between the nodes ----

class Line {
  constructor(from, to) {
    this.from = from;
    this.to = to;
    this.open = new Set();
  }
  up() {
    this.server = createServer((a) => {
      const b = createConnection(this.to, '127.0.0.1');
      for (const s of [a, b]) {
        this.open.add(s);
        s.on('close', () => this.open.delete(s));
        s.on('error', () => { a.destroy(); b.destroy(); });
      }
      a.pipe(b);
      b.pipe(a);
    });
    return new Promise((r) => this.server.listen(this.from, '127.0.0.1', r));
  }
  cut() {
    this.server.close();
    for (const s of this.open) s.destroy();
  }
}
const lines = (process.env.LINES ?? '').split(',').filter(Boolean).map((x) => new Line(...x.split(':').map(Number)));
for (const l of lines) await l.up();

// Berlin assents to the collection as soon as it has it from Tokyo.
const assent = (process.env.ASSENT ?? '').split(' ').filter(Boolean);
for (const end = Date.now() + patience; assent.length > 0;) {
  const said = spawnSync(assent[0], assent.slice(1), { encoding: 'utf8', timeout: 20000 });
  if (said.status === 0) break;
  if (Date.now() > end) {
    console.error(`the collection does not come: ${said.stderr}`);
    process.exit(1);
  }
  await new Promise((r) => setTimeout(r, 300));
}

// ---- people ----

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });

class Person {
  constructor(page, base, lang) {
    Object.assign(this, { page, base, lang });
  }
  static async in(base, lang, name, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: lang === 'ja' ? 'ja-JP' : 'de-DE', ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(15000);
    page.on('console', (m) => ['error', 'warning'].includes(m.type()) && !/status of 4\d\d/.test(m.text()) && expect(false, `console: ${m.text()}`));
    page.on('pageerror', (e) => expect(false, `page: ${e.message}`));
    const p = new Person(page, base, lang);
    if (name) {
      await page.goto(`${base}/${lang}/sign-in`);
      await p.fill({ name, password });
      await p.send('[name=password]');
      expect(await page.getByText(name, { exact: true }).count() > 0, `${name} is not signed in`);
    }
    return p;
  }
  async go(path, want = 200) {
    const answer = await this.page.goto(`${this.base}/${this.lang}/${path}`);
    expect(answer.status() === want, `${this.lang}/${path}: ${answer.status()} instead of ${want}`);
    return answer.status();
  }
  async fill(fields) {
    for (const [name, value] of Object.entries(fields)) {
      const f = this.page.locator(`main [name="${name}"]`).first();
      if (typeof value === 'boolean') await f.setChecked(value);
      else if (await f.evaluate((x) => x.tagName) === 'SELECT') await f.selectOption(value);
      else await f.fill(value);
    }
  }
  // Sends the form of this field, or presses this button; waits for the page that answers.
  async send(what) {
    const [answer] = await Promise.all([
      this.page.waitForResponse((r) => r.request().method() === 'POST', { timeout: patience }),
      typeof what === 'string' ? this.page.locator(`main ${what}`).first().evaluate((x) => x.form.requestSubmit()) : what.click(),
    ]);
    await this.page.waitForLoadState('load');
    if (answer.status() === 303) await this.page.waitForSelector('main');
    return answer.status();
  }
  button(name) { return this.page.locator('main').getByRole('button', { name }).first(); }
  link(name) { return this.page.locator('main').getByRole('link', { name }).first(); }
  async press(name) { return this.send(this.button(name)); }
  async follow(name) {
    await this.link(name).click();
    await this.page.waitForLoadState('load');
  }
  async text() { return (await this.page.locator('main').innerText()).replaceAll('\u00a0', ' '); }
  async says(...words) {
    const text = await this.text();
    for (const w of words) expect(w instanceof RegExp ? w.test(text) : text.includes(w), `${this.page.url()} does not say "${w}"`);
  }
  async done(word) {
    const at = this.page.locator('.done');
    const said = await at.count() > 0 ? await at.first().innerText() : `nothing: ${(await this.text()).slice(0, 400).replaceAll('\n', ' ')}`;
    expect(said.includes(word), `${this.page.url()} says ${said} instead of "${word}"`);
  }
  // Loads a page until it says this: the nodes follow each other every second.
  async until(path, word, status = 200) {
    const end = Date.now() + patience;
    for (;;) {
      const answer = await this.page.goto(`${this.base}/${this.lang}/${path}`);
      if (answer.status() === status && (!word || (word instanceof RegExp ? word.test(await this.text()) : (await this.text()).includes(word)))) {
        done++;
        return true;
      }
      if (Date.now() > end) {
        expect(false, `${this.base}/${this.lang}/${path} (${answer.status()}) never says "${word}"`);
        return false;
      }
      await new Promise((r) => setTimeout(r, 400));
    }
  }
  async shot(name) {
    shots++;
    await this.page.screenshot({ path: join(out, `${String(shots).padStart(2, '0')}-${name}.png`), fullPage: true });
  }
}
const here = (p) => new URL(p.page.url()).pathname;

let berlin, tokyo, releaserDe;

async function signedIn() {
  [berlin, tokyo] = await Promise.all([Person.in(baseDe, 'de', 'e.muster'), Person.in(baseJp, 'ja', 't.suzuki')]);
  await Promise.all([berlin.go(''), tokyo.go('')]);
  await berlin.shot('berlin-overview-empty');
  await tokyo.shot('tokyo-overview-empty');
}

async function seriesAndRound() {
  await tokyo.go('series');
  await tokyo.shot('tokyo-series-empty');
  await tokyo.go('series/new');
  await tokyo.fill({
    'title.ja': '日独サイバー協議', 'title.de': 'Deutsch-japanische Cyber-Konsultationen', 'title.en': 'German–Japanese cyber consultations', noun: 'consultation', slug, members: 'DE, JP',
    rhythm_months: '12', 'rhythm.ja': '毎年', 'rhythm.de': 'jährlich', 'mandate.ja': '日独首脳会談（2016年5月4日）', 'mandate.de': 'Deutsch-japanisches Gipfeltreffen vom 4. Mai 2016',
  });
  await tokyo.shot('tokyo-series-new');
  await tokyo.send('[name=slug]');
  await tokyo.done('記録に保存しました');
  expect(here(tokyo) === `/ja/${series}`, `after the series: ${here(tokyo)}`);
  await tokyo.go(`${series}/rounds/new`);
  await tokyo.fill({
    'title.ja': '第1回日独サイバー協議', 'title.de': 'Erste deutsch-japanische Cyber-Konsultationen', 'title.en': 'First German–Japanese cyber consultations', status: 'proposed', ordinal: '1', host: 'JP',
    mode: 'in-person', zone: 'Asia/Tokyo', start: '2016-09-09', from: '09:30', to: '17:30', 'venue.ja': '外務省（東京）', 'venue.de': 'Außenministerium von Japan, Tokyo',
  });
  await tokyo.shot('tokyo-round-new');
  await tokyo.send('[name=ordinal]');
  await tokyo.done('記録に保存しました');
  expect(here(tokyo) === `/ja/${round}`, `after the round: ${here(tokyo)}`);
  await tokyo.shot('tokyo-round');
  await berlin.until(round, 'Erste deutsch-japanische Cyber-Konsultationen');
  await berlin.shot('berlin-round');
}

async function dates() {
  await tokyo.go(`${round}/dates`);
  await tokyo.fill({ 'dates.0.start': '2016-09-09', 'dates.0.from': '09:30', 'dates.0.to': '17:30', 'dates.1.start': '2016-10-03', 'dates.1.from': '09:30', mode: 'in-person', 'text.ja': '貴国代表団を東京にお招きします。', 'text.de': 'Wir laden Ihre Delegation nach Tokyo ein.' });
  await tokyo.shot('tokyo-dates');
  await tokyo.send('[name="dates.0.start"]');
  await tokyo.done('招待を送りました');
  await berlin.until(`${round}/dates`, 'lädt ein');
  await berlin.says('02:30 MESZ', '09:30 JST', 'Wir laden Ihre Delegation nach Tokyo ein.');
  await berlin.fill({ 'dates.0.start': '2016-09-12', 'dates.0.from': '10:00', 'text.de': 'Auch der 12. September wäre möglich.' });
  await berlin.send('[name="dates.0.start"]');
  await berlin.done('Die Termine sind angeboten');
  await berlin.shot('berlin-dates-offered');
  await tokyo.until(`${round}/dates`, 'Auch der 12. September');
  await tokyo.shot('tokyo-dates-offered');
  await berlin.send(berlin.button(/^Bestätigen.*09\.09\.2016/));
  await berlin.done('Bestätigt');
  await tokyo.until(`${round}/dates`, 'ドイツ側: 日程を確認');
  await tokyo.send(tokyo.button(/^確認.*2016年9月9日/));
  await tokyo.says('日程確定');
  await berlin.until(`${round}/dates`, 'Termin bestätigt');
  await berlin.shot('berlin-date-confirmed');
}

async function agenda() {
  await tokyo.go(`${round}/agenda/edit`);
  const items = [
    ['双方の開会挨拶', 'Eröffnung durch die Delegationsleitungen', '09:30', '10:00'], ['サイバーセキュリティ戦略', 'Cybersicherheitsstrategien', '10:00', '11:30'], ['今後の進め方', 'Weiteres Vorgehen', '11:30', '12:00'],
  ];
  const fields = { number: 'DJ-2016-0001', date: '2016-08-26' };
  items.forEach(([ja, de, from, to], i) => Object.assign(fields, { [`units.${i}.text.ja`]: ja, [`units.${i}.text.de`]: de, [`units.${i}.from`]: from, [`units.${i}.to`]: to }));
  await tokyo.fill(fields);
  await tokyo.shot('tokyo-agenda-edit');
  await tokyo.send('[name=number]');
  await tokyo.done('記録に保存しました');
  await berlin.until(`${round}/agenda/edit`, 'Cybersicherheitsstrategien');
  await berlin.fill({ 'reason.de': 'Das Völkerrecht fehlt.', 'changes.0.action': 'insert', 'changes.0.unit': '2', 'changes.0.text.de': 'Anwendung des Völkerrechts', 'changes.0.text.ja': '国際法の適用' });
  await berlin.shot('berlin-agenda-wish');
  await berlin.send('[name="changes.0.unit"]');
  await berlin.done('Ihr Vorschlag ist gesendet');
  const draft = `${round}/documents/DJ-2016-0001/draft`;
  await tokyo.until(draft, 'Anwendung des Völkerrechts');
  await tokyo.shot('tokyo-agenda-draft');
  await tokyo.press('受け入れる');
  await tokyo.done('提案は受け入れられ');
  await agree(tokyo, draft);
  await berlin.until(draft, /v2/);
  await agree(berlin, draft);
  await tokyo.until(draft, '全ての側が同意しました');
}

const words = { de: { agree: 'Dieser Fassung zustimmen', agreed: 'Ihre Seite hat dieser Fassung zugestimmt', review: 'Weiter zur Prüfung' }, ja: { agree: 'この版に同意する', agreed: '貴国側はこの版に同意しました', review: '確認画面へ' } };
async function agree(p, draft) {
  await p.go(draft);
  await p.follow(words[p.lang].agree);
  await p.press(words[p.lang].agree);
  await p.done(words[p.lang].agreed);
}

async function delegations() {
  const name = async (p, rows) => {
    await p.go(`${round}/delegations/edit`);
    const fields = { expires: '2027-12-31' };
    rows.forEach(([role, native, latin, reading, code, agencyDe, agencyJa, de, ja], i) => {
      for (const [k, x] of Object.entries({ role, native, latin, reading, agency_code: code, 'agency.de': agencyDe, 'agency.ja': agencyJa, 'function.de': de, 'function.ja': ja })) if (x) fields[`members.${i}.${k}`] = x;
    });
    await p.fill(fields);
    await p.shot(`${p.lang}-delegation-edit`);
    await p.send('[name=expires]');
    await p.done(p.lang === 'ja' ? '記録に保存しました' : 'geschrieben');
  };
  await Promise.all([
    name(tokyo, [['head', '水嶋光一', 'MIZUSHIMA Koichi', 'みずしま こういち', 'MOFA', 'Außenministerium', '外務省', 'Botschafter für Cyberpolitik', 'サイバー政策担当大使'], ['interpreter', '鈴木花子', 'SUZUKI Hanako', 'すずき はなこ', 'MOFA', 'Außenministerium', '外務省', 'Dolmetschen', '通訳']]),
    name(berlin, [['head', 'Thomas Fitschen', 'Thomas FITSCHEN', 'トーマス・フィッチェン', 'AA', 'Auswärtiges Amt', '連邦外務省', 'Beauftragter für Cyber-Außenpolitik', 'サイバー外交担当大使']]),
  ]);
  await berlin.until(`${round}/delegations`, 'MIZUSHIMA Koichi');
  await berlin.says('水嶋光一', 'みずしま こういち', 'Thomas Fitschen');
  await berlin.shot('berlin-delegations');
  await tokyo.until(`${round}/delegations`, 'トーマス・フィッチェン');
  await tokyo.shot('tokyo-delegations');
}

// ---- the joint statement ----

const statement = `${round}/documents/DJ-2016-0002`;
const draft = `${statement}/draft`;
const yearly = {
  de: 'Beide Seiten waren sich einig, die Konsultationen künftig jedes Jahr zu führen. Deutschland lud zur zweiten Runde im Jahr 2017 nach Berlin ein.',
  ja: '双方は、今後、本協議を毎年開催していくことで一致した。ドイツ側は、2017年にベルリンにおいて第2回協議を開催すべく日本側を招待した。',
};

async function drafting() {
  await tokyo.go(round);
  await tokyo.follow('文書及び案');
  await tokyo.follow('新しい文書');
  await tokyo.fill({
    kind: 'joint-statement', 'title-ja': '第1回日独サイバー協議に関する共同声明', 'title-de': 'Gemeinsame Erklärung zu den ersten deutsch-japanischen Cyber-Konsultationen', date: '2016-09-09',
    'u0-ja': '日独両政府は、2016年9月9日、東京において第1回日独サイバー協議を開催した。', 'u0-de': 'Deutschland und Japan haben am 9. September 2016 in Tokyo ihre ersten Cyber-Konsultationen geführt.',
    'u1-ja': '双方は、既存の国際法がサイバー空間に適用されることを確認した。', 'u1-de': 'Beide Seiten bekräftigten, dass das geltende Völkerrecht im Cyberraum gilt.',
    'u2-ja': '双方は、この枠組みの下での協議を続けていくことで一致した。', 'u2-de': 'Beide Seiten waren sich einig, das Gespräch in diesem Rahmen weiterzuführen.',
  });
  await tokyo.shot('tokyo-statement-new');
  await tokyo.send('[name=date]');
  await tokyo.done('新しい版を保存しました');
  expect(here(tokyo) === `/ja/${draft}`, `after the draft: ${here(tokyo)}`);
  await tokyo.shot('tokyo-statement-draft');
  await berlin.until(draft, 'das Gespräch in diesem Rahmen');
  await berlin.follow('Änderungen vorschlagen');
  await berlin.fill({ 'u2-de': yearly.de, 'u2-ja': yearly.ja, 'reason-de': 'Ein fester Rhythmus und ein benannter Gastgeber geben allen Ressorts Planungssicherheit.' });
  await berlin.shot('berlin-statement-propose');
  await berlin.press('Vorschlag senden');
  await berlin.done('Der Vorschlag ist gesendet');
  await berlin.shot('berlin-statement-proposed');
}

async function answering() {
  await tokyo.until(draft, 'künftig jedes Jahr');
  await tokyo.says('ベルリンにおいて', '未回答の提案1件');
  await tokyo.shot('tokyo-statement-proposal');
  await tokyo.press('受け入れる');
  await tokyo.done('提案は受け入れられ');
  await tokyo.says('v2');
  // Another wish, refused with a reason.
  await berlin.until(draft, 'v2');
  await berlin.go(`${statement}/propose`);
  await berlin.fill({ 'u1-de': 'Beide Seiten forderten einen neuen Vertrag.', 'u1-ja': '双方は、新たな条約を求めた。', 'reason-de': 'Weisung der Leitung.' });
  await berlin.press('Vorschlag senden');
  await tokyo.until(draft, 'einen neuen Vertrag');
  await tokyo.page.locator('.said summary').first().click();
  await tokyo.page.locator('.said [name=reason]').first().fill('条約の議論は時期尚早である。');
  await tokyo.press('提案を断る');
  await tokyo.done('提案を断りました');
  await berlin.until(draft, '条約の議論は時期尚早である。');
  await berlin.says('abgelehnt');
  await berlin.shot('berlin-statement-declined');
}

// Two people of one side save at once: the second sees both texts, and nothing typed is lost.
async function conflict() {
  const second = await Person.in(baseJp, 'ja', 'k.tanaka');
  await Promise.all([tokyo.go(`${statement}/edit`), second.go(`${statement}/edit`)]);
  await tokyo.fill({ 'u0-ja': '日独両政府は、2016年9月9日、東京の外務省において第1回日独サイバー協議を開催した。' });
  await second.fill({ 'u0-ja': '日独両政府は、2016年9月9日（金）、東京において第1回日独サイバー協議を開催した。', 'u1-b': true, 'u1-by': 'JP' });
  const codes = await Promise.all([tokyo.press('新しい版として保存'), second.press('新しい版として保存')]);
  expect(codes.sort().join() === '303,409', `two who save at once get ${codes}`);
  const late = (await second.page.locator('.faults').count()) > 0 ? second : tokyo;
  await late.says('先に保存された版があります');
  const text = await late.page.locator('#u-0').innerText() + await late.page.locator('#u0-ja').inputValue();
  expect(text.includes('（金）') && text.includes('の外務省'), 'the conflict does not show both texts');
  expect(await late.page.locator('#u-0 ins, #u-0 del').count() > 0, 'the conflict does not mark the difference');
  await late.shot('tokyo-statement-conflict');
  await late.fill({ 'u0-ja': '日独両政府は、2016年9月9日（金）、東京の外務省において第1回日独サイバー協議を開催した。', 'u1-b': true, 'u1-by': 'JP' });
  expect(await late.press('新しい版として保存') === 303, 'after a conflict it cannot be saved');
  await second.page.context().close();
  await berlin.until(draft, 'v4');
  await berlin.says('[', 'in Klammern auf Wunsch von: Japan');
  await berlin.shot('berlin-statement-brackets');
  await tokyo.go(`${statement}/edit`);
  await tokyo.fill({ 'u1-b': false });
  await tokyo.press('新しい版として保存');
  await tokyo.done('新しい版を保存しました');
}

async function agreeing() {
  await tokyo.follow('本文を確定する');
  await tokyo.press('本文を確定する');
  await tokyo.done('本文は確定されました');
  await agree(tokyo, draft);
  await berlin.until(draft, /festgeschrieben[^]*v6[^]*JP \d/);
  await berlin.shot('berlin-statement-frozen');
  await agree(berlin, draft);
  await berlin.says('Alle Seiten haben zugestimmt');
  await berlin.shot('berlin-statement-agreed');
  await tokyo.until(draft, '全ての側が同意しました');
}

// Public at the next full minute: in both capitals, not a moment sooner, whatever the line does meanwhile.
async function publishing() {
  const second = await Person.in(baseDe, 'de', 'f.frei');
  const anyone = { de: await Person.in(baseDe, 'de'), ja: await Person.in(baseJp, 'ja') };
  const status = async (p) => (await p.page.request.get(`${p.base}/${p.lang}/${statement}`)).status();
  const both = async () => [await status(anyone.de), await status(anyone.ja)];
  let at = Math.ceil((Date.now() + 25000) / 60000) * 60000;
  const clock = (zone, options) => new Intl.DateTimeFormat('sv-SE', { timeZone: zone, ...options }).format(at);
  await berlin.go(draft);
  await berlin.follow('Veröffentlichung veranlassen');
  await berlin.fill({ date: clock('Europe/Berlin', { dateStyle: 'short' }), time: clock('Europe/Berlin', { timeStyle: 'short' }) });
  await berlin.shot('berlin-publish-ask');
  await berlin.press('Weiter zur Prüfung');
  await berlin.says(clock('Asia/Tokyo', { timeStyle: 'short' }) + ' JST');
  await berlin.shot('berlin-publish-review');
  await berlin.press('Veröffentlichung veranlassen');
  await berlin.done('Noch ist nichts hinausgegangen');
  await berlin.go('waiting');
  await berlin.follow(/Veröffentlichung/);
  expect(await berlin.button('Freigabe bestätigen').count() === 0, 'who asked can confirm it alone');
  expect((await both()).join() === '404,404', 'public before the second person spoke');
  await second.go('');
  await second.page.getByRole('link', { name: /Zu erledigen/ }).click();
  await second.page.waitForLoadState();
  await second.shot('berlin-waiting');
  await second.follow(/Veröffentlichung/);
  await second.says('e.muster');
  await second.shot('berlin-waiting-publication');
  await second.press('Freigabe bestätigen');
  await second.done('Bestätigt und in die Aufzeichnung geschrieben');
  if (Date.now() < at) expect((await both()).join() === '404,404', 'the embargo does not hold');
  await tokyo.until(draft, '解禁日時');
  await tokyo.shot('tokyo-embargo');
  // The line is cut before the minute: what both know, both keep.
  for (const l of lines) l.cut();
  if (Date.now() < at) expect((await both()).join() === '404,404', 'the embargo does not hold over a cut line');
  while (Date.now() < at - 1500) await new Promise((r) => setTimeout(r, 200));
  if (Date.now() < at - 300) expect((await both()).join() === '404,404', 'public a second too soon');
  while (Date.now() < at + 300) await new Promise((r) => setTimeout(r, 100));
  const end = Date.now() + patience;
  while ((await both()).join() !== '200,200' && Date.now() < end) await new Promise((r) => setTimeout(r, 300));
  expect((await both()).join() === '200,200', 'not public in both capitals at the agreed minute');
  expect(Date.now() - at < 5000, `public only ${Date.now() - at} ms after the agreed minute`);
  await anyone.de.go(`${round}/statement`);
  await anyone.de.says('zur zweiten Runde im Jahr 2017 nach Berlin');
  await anyone.de.shot('public-statement-de');
  await anyone.ja.go(`${round}/statement`);
  await anyone.ja.says('2017年にベルリン');
  await anyone.ja.shot('public-statement-ja');
  // With the line still cut Tokyo writes; Berlin reads it once the line is there again.
  await tokyo.go(`${round}/edit`);
  await tokyo.fill({ status: 'held' });
  await tokyo.send('[name=ordinal]');
  await berlin.go(round);
  expect(!(await berlin.page.locator('.kick').first().innerText()).includes('durchgeführt'), 'news over a cut line');
  for (const l of lines) await l.up();
  await berlin.until(round, /durchgeführt|stattgefunden|abgehalten/);
  await berlin.shot('berlin-round-held');
  await second.page.context().close();
  for (const p of Object.values(anyone)) await p.page.context().close();
}

async function promise() {
  await berlin.go(`${round}/statement`);
  await berlin.follow(/^Fassungen, Vorschläge, Zusagen/);
  await berlin.follow(/^Zusage aus dem Text übernehmen.*Absatz 3/);
  await berlin.fill({ owner_DE: true, owner_JP: false, title_de: 'Zweite Runde: Berlin, 2017', title_ja: '第2回協議：2017年、ベルリン', due: '2017', next_round: true });
  await berlin.shot('berlin-commitment-new');
  await berlin.press('Zusage eintragen');
  await berlin.done('Die Zusage steht in der Aufzeichnung');
  await berlin.says('überfällig', '2017');
  await berlin.shot('berlin-commitment');
  await tokyo.until('commitments', '第2回協議：2017年、ベルリン');
  await tokyo.says('期限超過');
  await tokyo.shot('tokyo-commitments');
}

async function overdue() {
  await berlin.until('', 'Zweite Runde: Berlin, 2017');
  await berlin.says('verspätet', 'Der nächste Schritt liegt bei:', 'Deutsche Seite');
  await berlin.shot('berlin-overview');
  await tokyo.until('', '第2回協議：2017年、ベルリン');
  await tokyo.says('次の対応者');
  await tokyo.shot('tokyo-overview');
  await berlin.until(series, 'Die nächste Runde hat nicht stattgefunden');
  await berlin.says('31.12.2017', 'Der nächste Schritt liegt bei:', 'Deutsche Seite');
  await berlin.shot('berlin-series');
  await tokyo.until(series, '次回の会合は開催されていません');
  await tokyo.says('2017年12月31日', 'ドイツ側');
  await tokyo.shot('tokyo-series');
  // It comes back on the agenda of the next round.
  await tokyo.go('search?q=ベルリン');
  await tokyo.says('ベルリン');
  await tokyo.shot('tokyo-search');
}

async function auditing() {
  const [auditor, other] = await Promise.all([Person.in(baseDe, 'de', 'p.pruefer'), Person.in(baseJp, 'ja', 's.kansa')]);
  await auditor.go('settings/audit');
  await auditor.says('e.muster', 'f.frei', 'act: agreed');
  expect(!(await auditor.text()).includes('k.tanaka'), 'the audit log names people of the other side');
  await auditor.shot('berlin-audit');
  await other.go('settings/audit');
  await other.says('t.suzuki', 'k.tanaka');
  await other.shot('tokyo-audit');
  await auditor.go(`${series}/edit`, 403);
  for (const p of [auditor, other]) await p.page.context().close();
}

// ---- once more in short: without JavaScript, and by keyboard alone ----

const units = ['Beide Seiten kamen überein.', '双方は一致した。'];
async function shortStory(number, drafter, proposer, act) {
  const path = `${round}/documents/${number}`;
  await drafter.go(`${round}/documents/new`);
  await act.fill(drafter, { kind: 'joint-statement', number, 'title-ja': '共同発表', 'title-de': 'Gemeinsame Mitteilung', date: '2016-09-10', 'u0-ja': units[1], 'u0-de': units[0], 'u1-ja': '次。', 'u1-de': 'Weiteres.', 'u2-ja': '以上。', 'u2-de': 'Ende.' });
  await act.press(drafter, '新しい版として保存');
  await drafter.done('新しい版を保存しました');
  await proposer.until(`${path}/draft`, units[0]);
  await act.follow(proposer, 'Änderungen vorschlagen');
  await act.fill(proposer, { 'u1-de': 'Weiteres folgt.', 'reason-de': 'Genauer.' });
  await act.press(proposer, 'Vorschlag senden');
  await proposer.done('Der Vorschlag ist gesendet');
  await drafter.until(`${path}/draft`, '未回答の提案1件');
  await act.press(drafter, '受け入れる');
  await drafter.done('提案は受け入れられ');
  for (const p of [drafter, proposer]) {
    await p.until(`${path}/draft`, 'v2');
    await act.follow(p, words[p.lang].agree);
    await act.press(p, words[p.lang].agree);
    await p.done(words[p.lang].agreed);
  }
  await proposer.until(`${path}/draft`, 'Alle Seiten haben zugestimmt');
  await act.follow(proposer, 'Veröffentlichung veranlassen');
  await act.press(proposer, 'Weiter zur Prüfung');
  await act.press(proposer, 'Veröffentlichung veranlassen');
  await proposer.done('Noch ist nichts hinausgegangen');
  await releaserDe.go('waiting');
  await act.follow(releaserDe, /Veröffentlichung: Gemeinsame Mitteilung/);
  await act.press(releaserDe, 'Freigabe bestätigen');
  await releaserDe.done('Bestätigt');
  await Promise.all([drafter, proposer].map((p) => p.until(path, p.lang === 'de' ? 'Weiteres folgt.' : units[1])));
}

async function withoutScript() {
  const bare = { javaScriptEnabled: false };
  const [a, b] = [await Person.in(baseJp, 'ja', 't.suzuki', bare), await Person.in(baseDe, 'de', 'e.muster', bare)];
  releaserDe = await Person.in(baseDe, 'de', 'f.frei', bare);
  await shortStory('DJ-2016-0003', a, b, { fill: (p, f) => p.fill(f), press: (p, name) => p.press(name), follow: (p, name) => p.follow(name) });
  await b.shot('without-script');
  for (const p of [a, b, releaserDe]) await p.page.context().close();
}

// Tab, Enter, arrows and characters: nothing is clicked. Focus must get there.
const keys = {
  async to(p, locator) {
    for (let i = 0; i < 160; i++) {
      if (await locator.evaluate((x) => document.activeElement === x)) return;
      await p.page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${locator} at ${p.page.url()}`);
  },
  async fill(p, fields) {
    for (const [name, value] of Object.entries(fields)) {
      const f = p.page.locator(`main [name="${name}"]`).first();
      if (await f.evaluate((x) => x.tagName) === 'SELECT') {
        await keys.to(p, f);
        while (await f.inputValue() !== value) {
          const was = await f.inputValue();
          await p.page.keyboard.press('ArrowDown');
          if (await f.inputValue() === was) break;
        }
        expect(await f.inputValue() === value, `the arrows do not choose ${value}`);
        continue;
      }
      await p.page.keyboard.press('Home');
      await keys.to(p, f);
      await p.page.keyboard.press('Control+A');
      await p.page.keyboard.insertText(value);
    }
  },
  async enter(p, locator) {
    await keys.to(p, locator);
    await Promise.all([p.page.waitForEvent('framenavigated', { timeout: patience }), p.page.keyboard.press('Enter')]);
    await p.page.waitForLoadState('load');
  },
  press: (p, name) => keys.enter(p, p.button(name)),
  follow: (p, name) => keys.enter(p, p.link(name)),
};

async function byKeyboard() {
  const [a, b] = [await Person.in(baseJp, 'ja', 't.suzuki'), await Person.in(baseDe, 'de', 'e.muster')];
  releaserDe = await Person.in(baseDe, 'de', 'f.frei');
  await shortStory('DJ-2016-0004', a, b, keys);
  await b.shot('by-keyboard');
  for (const p of [a, b, releaserDe]) await p.page.context().close();
}

// ---- how every page of it stands up to axe, and to 320 px ----

async function everyPage() {
  const pages = ['', 'series', series, `${series}/rounds/new`, round, `${round}/dates`, `${round}/agenda/edit`, `${round}/delegations`, `${round}/delegations/edit`, `${round}/documents`, `${round}/documents/new`, statement, draft,
    `${statement}/compare`, `${round}/statement`, `${round}/home`, 'waiting', 'commitments', 'search?q=Berlin', 'glossary', 'record/DJ-2016-0002'];
  // Each page is loaded once and then looked at in every size and theme; in the dark, what colours decide.
  const look = async (p, lang, path) => {
    const answer = await p.page.goto(`${baseDe}/${lang}/${path}`);
    expect(answer.status() === 200, `${lang}/${path}: ${answer.status()}`);
    for (const width of [1280, 390, 320]) {
      await p.page.setViewportSize({ width, height: 900 });
      const extra = await p.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(extra <= 0, `${lang}/${path} at ${width} px: scrolls ${extra} px sideways`);
      for (const colorScheme of width > 320 ? ['light', 'dark'] : []) {
        // German in every look; the others crosswise, unless EVERY_LOOK asks for all.
        if (lang !== 'de' && !process.env.EVERY_LOOK && (width === 1280) !== (colorScheme === 'light')) continue;
        await p.page.emulateMedia({ colorScheme });
        const axe = new AxeBuilder({ page: p.page });
        const result = await (colorScheme === 'light' ? axe.withTags(tags) : axe.withRules(['color-contrast', 'link-in-text-block'])).analyze();
        done++;
        for (const v of result.violations) expect(false, `${lang}/${path} ${width} ${colorScheme}: axe ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(', ')}`);
      }
    }
    if (lang === 'ja' && process.env.SHOTS) await p.shot(`narrow-${path.replaceAll(/[^a-z0-9]+/gi, '-')}`);
  };
  const rest = ['de', 'ja', 'en'].flatMap((lang) => pages.map((path) => [lang, path]));
  await Promise.all([1, 2].map(async () => {
    const p = await Person.in(baseDe, 'de', 'e.muster');
    while (rest.length > 0) await look(p, ...rest.shift());
    await p.page.context().close();
  }));
}

const parts = { signedIn, seriesAndRound, dates, agenda, delegations, drafting, answering, conflict, agreeing, publishing, promise, overdue, auditing, withoutScript, byKeyboard, everyPage };
for (const [name, run] of Object.entries(parts)) {
  if (process.env.ONLY && !process.env.ONLY.split(',').includes(name)) continue;
  const at = Date.now();
  try {
    await run();
  } catch (e) {
    expect(false, `${name}: ${e.message.split('\n').slice(0, 5).join(' ')}`);
    for (const [who, p] of Object.entries({ berlin, tokyo })) if (p) await p.page.screenshot({ path: join(out, `fault-${name}-${who}.png`), fullPage: true }).catch(() => {});
    break;
  }
  if (process.env.VERBOSE) console.error(`# ${name}: ${Date.now() - at} ms`);
}
await browser.close();
for (const l of lines) l.cut();
console.log(`${done} checks, ${shots} screenshots: ${faults} faults`);
process.exit(faults > 0 ? 1 : 0);
