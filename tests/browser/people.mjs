// people.mjs URL OUTDIR: people at a node's pages, as a browser has them. The node has the users of people.sh.
// Signs in with password and one-time code, with a recovery code, with a passkey alone and as second step (a virtual
// authenticator), by keyboard alone and without JavaScript; changes settings; adds, disables, hands over as administrator;
// reads and exports as auditor. Every page of theirs: axe (WCAG 2.2 AA and best practice), no sideways scrolling down to
// 320 px, no inline script or style, in three languages, two widths and two themes. Leaves screenshots.
import { createHmac } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const [base, out] = process.argv.slice(2);
if (!base || !out) {
  console.error('usage: people.mjs URL OUTDIR');
  process.exit(2);
}
mkdirSync(out, { recursive: true });

const password = 'korrekt pferd batterie';
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
let faults = 0;
let done = 0;
function fault(what) {
  faults++;
  console.error(what);
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });

function expect(ok, what) {
  done++;
  if (!ok) fault(what);
}

async function open(options = {}) {
  const context = await browser.newContext({ locale: 'de-DE', ...options });
  const page = await context.newPage();
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && !/status of 4\d\d|pubKeyCredParams/.test(m.text()) && fault(`console: ${m.text()}`));
  page.on('pageerror', (e) => fault(`page: ${e.message}`));
  return page;
}

const heading = (page) => page.locator('h1').innerText();
const path = (page) => new URL(page.url()).pathname;
async function send(page, name) {
  await Promise.all([page.waitForEvent('framenavigated', { timeout: 15000 }), page.getByRole('button', { name, exact: true }).click()]);
  await page.waitForLoadState();
}

async function signIn(page, user, to = '/de/settings') {
  await page.goto(`${base}/de/sign-in?to=${encodeURIComponent(to)}`);
  await page.getByLabel('Name', { exact: true }).fill(user);
  await page.getByLabel('Passwort', { exact: true }).fill(password);
  await send(page, 'Anmelden');
}

// RFC 6238, as an app computes it.
function base32(text) {
  let bits = '';
  for (const c of text) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0');
  return Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
}
let stepUsed = 0;
async function totp(secret) {
  let step = Math.floor(Date.now() / 30000);
  while (step <= stepUsed) { // each code counts once
    await new Promise((r) => setTimeout(r, 500));
    step = Math.floor(Date.now() / 30000);
  }
  stepUsed = step;
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', base32(secret)).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

async function audit(page, name, axe = true) {
  const inline = await page.evaluate(() => document.querySelectorAll('script:not([src]), style, [style]').length);
  expect(inline === 0, `${name}: ${inline} inline scripts or styles`);
  const extra = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(extra <= 0, `${name}: scrolls ${extra} px sideways`);
  if (!axe) return;
  const result = await new AxeBuilder({ page }).withTags(tags).analyze();
  for (const v of result.violations) expect(false, `${name}: axe ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(', ')}`);
}

// ---- each way in ----

async function withOneTimeCode() {
  const page = await open();
  await signIn(page, 'e.muster');
  expect(path(page) === '/de/settings', `password alone leads to ${path(page)}`);
  await page.getByLabel('Name des Geräts').fill('Diensttelefon <1>');
  await send(page, 'Einmalcodes hinzufügen');
  const secret = (await page.locator('.secret').innerText()).replaceAll(' ', '');
  expect(await page.locator('svg.qr path').count() === 1, 'no QR code');
  await audit(page, 'totp');
  await page.screenshot({ path: join(out, 'totp-1280.png'), fullPage: true });
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await send(page, 'Bestätigen');
  expect((await page.locator('.faults').innerText()).includes('nicht der Code'), 'a wrong code is taken');
  await page.getByLabel('Code', { exact: true }).fill(await totp(secret));
  await send(page, 'Bestätigen');
  expect((await page.locator('.done').innerText()).includes('zweite Faktor wurde hinzugefügt'), 'no confirmation of the factor');
  await send(page, 'Wiederherstellungscodes erzeugen');
  const codes = await page.locator('.codes li').allInnerTexts();
  expect(codes.length === 10 && /^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/.test(codes[0]), `recovery codes: ${codes.length}, ${codes[0]}`);
  await audit(page, 'codes');
  await page.screenshot({ path: join(out, 'codes-1280.png'), fullPage: true });
  await send(page, 'Abmelden');
  expect((await page.locator('.done').innerText()) === 'Sie sind abgemeldet.', 'not signed out');
  await signIn(page, 'e.muster', '/de/series?view=de');
  expect(await heading(page) === 'Noch ein Schritt', 'no second step');
  await audit(page, 'second step');
  await page.screenshot({ path: join(out, 'second-1280.png'), fullPage: true });
  await page.getByLabel('Code', { exact: true }).fill(await totp(secret));
  await send(page, 'Weiter');
  expect(path(page) === '/de/series' && page.url().endsWith('?view=de'), `after the code: ${page.url()}`);
  await page.context().clearCookies();
  await signIn(page, 'e.muster');
  await page.getByLabel('Code', { exact: true }).fill(codes[3]);
  await send(page, 'Weiter');
  expect(path(page) === '/de/settings', 'a recovery code does not open');
  await page.context().clearCookies();
  await signIn(page, 'e.muster');
  await page.getByLabel('Code', { exact: true }).fill(codes[3]);
  await send(page, 'Weiter');
  expect((await page.locator('.faults').innerText()).includes('nicht richtig') || (await page.locator('.faults').innerText()).includes('stimmen nicht'), 'a recovery code opens twice');
  await page.context().close();
  return { secret, codes };
}

async function withPasskey() {
  const page = await open();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  await signIn(page, 'f.frei');
  expect(await page.getByRole('button', { name: 'Passkey hinzufügen' }).isVisible(), 'passkeys are not offered');
  await page.getByLabel('Name des Passkeys').fill('Schlüssel "A"');
  await send(page, 'Passkey hinzufügen');
  await page.waitForSelector('.done');
  expect(await page.getByText('Schlüssel "A"').count() > 0, 'the passkey is not listed');
  await send(page, 'Abmelden');
  await page.goto(`${base}/de/sign-in?to=/de/record`);
  await send(page, 'Mit Passkey anmelden');
  await page.waitForURL('**/de/record');
  expect(await page.getByText('f.frei').count() === 1, 'not signed in by passkey');
  await page.context().clearCookies();
  await signIn(page, 'f.frei');
  expect(await heading(page) === 'Noch ein Schritt', 'the passkey is no second step');
  await send(page, 'Passkey als zweiten Schritt verwenden');
  await page.waitForURL('**/de/settings');
  expect(await heading(page) === 'Einstellungen', 'the passkey as second step does not open');
  await page.context().close();
}

// Only Tab, Enter and characters; and no script at all.
async function byKeyboard() {
  const page = await open({ javaScriptEnabled: false });
  await page.goto(`${base}/de/`);
  const tabTo = async (what) => {
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab');
      if (await page.locator(':focus').filter({ hasText: what }).count() > 0) return true;
    }
    return false;
  };
  expect(await tabTo(/^Anmelden$/), 'the link to sign in cannot be reached by Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/sign-in');
  expect(await tabTo(/^Zum Inhalt springen$/), 'no skip link');
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    if (await page.locator(':focus').getAttribute('name') === 'name') break;
  }
  await page.keyboard.type('l.leser');
  await page.keyboard.press('Tab');
  await page.keyboard.type('falsches passwort');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.faults');
  expect(await page.locator('.faults:focus').count() === 1, 'what is wrong does not take focus');
  expect(await page.locator('[data-keys]').count() === 0 || !(await page.locator('[data-keys]').first().isVisible()), 'passkeys are offered without script');
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    if (await page.locator(':focus').getAttribute('name') === 'name') break;
  }
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/de/');
  expect(await page.getByText('l.leser').count() === 1, 'not signed in by keyboard');
  expect(await tabTo(/^Einstellungen$/), 'the settings cannot be reached by Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/settings');
  await page.getByLabel('Sprache', { exact: true }).selectOption('ja');
  await page.getByLabel('Japanische Daten').check();
  await send(page, 'Speichern');
  expect(path(page) === '/ja/settings' && (await page.locator('.done').innerText()) === '保存しました。', 'the look is not kept');
  await page.goto(`${base}/`);
  expect(path(page) === '/ja/', `the first page is ${path(page)}`);
  await page.goto(`${base}/ja/series`);
  expect(await page.getByText('平成28年').count() > 0, 'no era');
  await page.setViewportSize({ width: 320, height: 640 });
  expect(!(await page.getByRole('link', { name: '証明', exact: true }).isVisible()), 'the menu is open');
  await page.getByRole('button', { name: 'メニュー' }).click();
  expect(await page.locator('nav#nav').getByRole('link', { name: '設定' }).isVisible(), 'the menu does not open without script');
  await page.keyboard.press('Escape');
  await page.goto(`${base}/ja/settings/users`);
  expect(await page.getByText('403').count() === 1, 'a reader sees the users');
  await page.context().close();
}

// ---- the house ----

async function administrator() {
  const page = await open();
  await signIn(page, 'a.admin', '/de/settings/users');
  await page.getByLabel('Name', { exact: true }).fill('Neu');
  await send(page, 'Anlegen');
  expect(await page.locator('.faults:focus').count() === 1, 'the summary of faults does not take focus');
  await audit(page, 'users with a fault');
  await page.screenshot({ path: join(out, 'users-fault-1280.png'), fullPage: true });
  await page.getByLabel('Name', { exact: true }).fill('n.neu');
  await page.getByLabel('Behörde').fill('AA');
  await page.getByLabel('Rolle').selectOption('desk-officer');
  await page.getByLabel('Erstes Passwort').fill(password);
  await send(page, 'Anlegen');
  expect(path(page) === '/de/settings/users/n.neu', `after adding: ${path(page)}`);
  const other = await open();
  await signIn(other, 'n.neu');
  expect(await heading(other) === 'Einstellungen', 'the new user cannot sign in');
  await page.reload();
  expect(await page.getByText('Chrom').count() > 0, 'the session of the new user is not listed');
  await page.screenshot({ path: join(out, 'user-1280.png'), fullPage: true });
  await page.getByLabel('Nachfolger').selectOption('e.muster');
  await page.getByRole('button', { name: 'Übergeben' }).click();
  expect(await page.getByLabel('Ja, alles übergeben').evaluate((x) => !x.checkValidity()), 'handing over needs no word');
  await page.getByLabel('Ja, alles übergeben').check();
  await send(page, 'Übergeben');
  expect((await page.locator('.done').innerText()).includes('übergeben'), 'not handed over');
  await other.reload();
  expect(path(other) === '/de/sign-in', 'the predecessor is still signed in');
  await other.context().close();
  await page.context().close();
}

async function auditor() {
  const page = await open();
  await signIn(page, 'p.pruefer', '/de/settings/audit');
  expect(await page.getByRole('row').count() > 5, 'the audit log is empty');
  await page.getByLabel('Benutzer', { exact: true }).fill('n.neu');
  await send(page, 'Anzeigen');
  expect(await page.getByRole('row').count() >= 2, 'the filter finds nothing');
  await page.getByLabel('Seit', { exact: true }).fill('31.02.2026');
  await send(page, 'Anzeigen');
  expect(await page.locator('.faults').count() === 1, 'an impossible date is taken');
  for (const [ext, begin] of [['tsv', 'number\ttime\twho'], ['jsonl', '{"number":']]) {
    const answer = await page.request.get(`${base}/de/settings/audit.${ext}?since=2016-01-01`);
    expect(answer.status() === 200 && (await answer.text()).startsWith(begin), `audit.${ext}`);
    expect((await answer.text()).includes('audit export'), 'an export is not noted');
  }
  await page.context().close();
}

// ---- how everything looks ----

async function everyPage() {
  const rows = [
    [null, ['sign-in', 'sign-out', 'help', 'accessibility', 'privacy']], ['a.admin', ['', 'settings', 'settings/users', 'settings/users/l.leser', 'sign-out', 'sign-in', 'nothing-here', 'settings/audit']],
    ['p.pruefer', ['settings/audit']],
  ];
  for (const theme of ['light', 'dark'])
    for (const width of [1280, 390, 320])
      for (const [user, pages] of rows) {
        if (width === 320 && theme === 'dark') continue;
        const page = await open({ viewport: { width, height: 900 }, colorScheme: theme });
        if (user) await signIn(page, user);
        for (const lang of ['de', 'ja', 'en'])
          for (const p of pages) {
            const name = `${lang}-${user ? `${user}-` : ''}${p.replaceAll('/', '-') || 'home'}-${width}-${theme}`;
            await page.goto(`${base}/${lang}/${p}`);
            await audit(page, name, width > 320);
            if (width > 320) await page.screenshot({ path: join(out, `${name}.png`), fullPage: true });
          }
        await page.context().close();
      }
}

const parts = { withOneTimeCode, withPasskey, byKeyboard, administrator, auditor, everyPage };
for (const [name, run] of Object.entries(parts)) {
  if (process.env.ONLY && !process.env.ONLY.split(',').includes(name)) continue;
  try {
    await run();
  } catch (e) {
    fault(`${name}: ${e.message.split('\n').slice(0, 4).join(' ')}`);
  }
}
await browser.close();
console.log(`${done} checks: ${faults} faults`);
process.exit(faults > 0 ? 1 : 0);
