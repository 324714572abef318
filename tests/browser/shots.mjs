// shots.mjs URL OUTDIR: visits every public page of a node in three languages, two widths and two themes.
// Fails on: an accessibility finding (axe, WCAG 2.2 AA and best practice), a page wider than 320 px allows, an answer
// that is not 200, a console error (a blocked style or script counts), an inline script or style. Leaves screenshots.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const [base, out] = process.argv.slice(2);
if (!base || !out) {
  console.error('usage: shots.mjs URL OUTDIR');
  process.exit(2);
}
mkdirSync(out, { recursive: true });

const series = process.env.VERBALE_SERIES ?? 'de-jp-cyber';
const number = process.env.VERBALE_NUMBER ?? 'DJ-2016-0003';
const round = `series/${series}/rounds/1`;
const pages = ['', 'series', `series/${series}`, round, `${round}/statement`, `${round}/agenda`, 'record', `record/${number}`];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const faults = [];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });

async function visit(context, path, want) {
  const page = await context.newPage();
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && !(want !== 200 && m.text().includes(String(want))) && faults.push(`${path}: console: ${m.text()}`));
  page.on('pageerror', (e) => faults.push(`${path}: ${e.message}`));
  const answer = await page.goto(base + path, { waitUntil: 'load' });
  if (answer.status() !== want) faults.push(`${path}: ${answer.status()} instead of ${want}`);
  const inline = await page.evaluate(() => document.querySelectorAll('script:not([src]), style, [style]').length);
  if (inline > 0) faults.push(`${path}: ${inline} inline scripts or styles`);
  return page;
}

async function audit(page, name) {
  const result = await new AxeBuilder({ page }).withTags(tags).analyze();
  for (const v of result.violations) faults.push(`${name}: axe ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(', ')}`);
}

async function overflow(page, name) {
  const extra = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (extra > 0) faults.push(`${name}: scrolls ${extra} px sideways`);
}

for (const theme of ['light', 'dark']) {
  for (const width of [1280, 390]) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme });
    for (const lang of ['de', 'ja', 'en']) {
      for (const p of [...pages, 'nothing-here']) {
        const path = `/${lang}/${p}`;
        const name = `${lang}-${p.replaceAll('/', '-') || 'home'}-${width}-${theme}`;
        const page = await visit(context, path, p === 'nothing-here' ? 404 : 200);
        await audit(page, name);
        await overflow(page, name);
        await page.screenshot({ path: join(out, `${name}.png`), fullPage: true });
        await page.close();
      }
    }
    await context.close();
  }
}

// WCAG 1.4.10: 320 CSS px without scrolling in two directions.
const narrow = await browser.newContext({ viewport: { width: 320, height: 800 } });
for (const lang of ['de', 'ja', 'en']) {
  for (const p of pages) {
    const page = await visit(narrow, `/${lang}/${p}`, 200);
    await overflow(page, `${lang}/${p} at 320 px`);
    await page.close();
  }
}
await narrow.close();

// Works by keyboard: the first Tab shows the skip link, and it leads to the text.
const keyboard = await browser.newContext();
const page = await visit(keyboard, `/de/${round}/statement`, 200);
await page.keyboard.press('Tab');
if (!(await page.evaluate(() => document.activeElement.classList.contains('skip')))) faults.push('the first Tab does not reach the skip link');
await page.keyboard.press('Enter');
if (!(await page.evaluate(() => location.hash === '#main'))) faults.push('the skip link does not lead to #main');

// A paper: A4, both languages.
await page.pdf({ path: join(out, 'statement-de.pdf'), format: 'A4', preferCSSPageSize: true, tagged: true, outline: true });
await browser.close();

for (const f of faults) console.error(f);
console.log(`${pages.length + 1} pages, 3 languages, 2 widths, 2 themes: ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
