// Comfort only: every page works without this module. No markup is made from text, nothing is sent anywhere but by the page's own forms.
const all = (selector) => document.querySelectorAll(selector);

// Passkeys. A form says what it is for (data-key: get or create) and carries the server's options; it shows up only where
// the browser can do it. The answer goes back as text in its field "answer".
const made = { get: 'parseRequestOptionsFromJSON', create: 'parseCreationOptionsFromJSON' };

async function use(form) {
  const how = form.dataset.key;
  const fault = form.querySelector('[data-fault]');
  if (performance.now() > 280000) return location.reload(); // the server's question holds for five minutes
  fault.hidden = true;
  try {
    const publicKey = PublicKeyCredential[made[how]](JSON.parse(form.dataset.options));
    const key = await navigator.credentials[how]({ publicKey });
    form.elements.answer.value = JSON.stringify(key.toJSON());
    HTMLFormElement.prototype.submit.call(form);
  } catch {
    fault.hidden = false;
  }
}

for (const form of all('form[data-key]')) {
  if (!window.PublicKeyCredential?.[made[form.dataset.key]] || !navigator.credentials) continue;
  for (let box = form.closest('[data-keys]'); box; box = box.parentElement.closest('[data-keys]')) box.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    use(form);
  });
}

// A draft that was changed is not left without a question.
let changed = false;
for (const form of all('form[data-draft]')) {
  form.addEventListener('input', () => { changed = true; });
  form.addEventListener('submit', () => { changed = false; });
}
addEventListener('beforeunload', (event) => { if (changed) event.preventDefault(); });

// How long until a deadline, beside its time; and the warning before the session ends.
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });
const steps = [['day', 86400], ['hour', 3600], ['minute', 60]];

function distance(seconds) {
  const [unit, size] = steps.find(([, n]) => Math.abs(seconds) >= n) ?? steps[2];
  return words.format(Math.trunc(seconds / size), unit);
}

function tick() {
  for (const time of all('time[data-deadline]')) {
    const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
    let left = time.nextElementSibling;
    if (!left?.classList.contains('left')) {
      left = document.createElement('span');
      left.className = 'left';
      time.after(left);
    }
    const text = ` ${distance(seconds)}`;
    if (left.textContent !== text) left.textContent = text;
    left.classList.toggle('late', seconds < 0);
  }
  for (const note of all('[data-ends]')) {
    const seconds = note.dataset.ends - Date.now() / 1000;
    note.hidden = seconds > 300 || seconds < -3600;
  }
}
tick();
setInterval(tick, 20000);
