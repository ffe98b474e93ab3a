// The portal's page: hands the panel the codes that the portal's own server fetches, and its look.

const LOOKS = {
  light: { scheme: 'light', accent: '#0f766e', surface: '#ffffff', text: '#0f2a2e', radius: 8, font: 'system' },
  dark: { scheme: 'dark', accent: '#2dd4bf', surface: '#10201f', text: '#e4f1ef', radius: 8, font: 'system' },
};

const panel = document.querySelector('beckon-escalations');
const look = document.getElementById('look');
const dark = matchMedia('(prefers-color-scheme: dark)');

function apply() {
  const scheme = look.value === 'system' ? (dark.matches ? 'dark' : 'light') : look.value;
  document.documentElement.dataset.look = scheme;
  panel.theme = LOOKS[scheme];
}

panel.fetchToken = async () => {
  const response = await fetch('/beckon-code', { method: 'POST' });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body.code;
};

look.addEventListener('change', apply);
dark.addEventListener('change', apply);
apply();
