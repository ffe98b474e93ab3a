// The portal's two pages: choosing who one is, since this is an example, and the desk with the panel.

const ROLES = {
  account_admin: ['Account admin', 'Reads questions and answers them'],
  account_user: ['Account user', 'Reads questions, and sees who can answer'],
  organization_user: ['Organization user', 'Is told whom to ask, and sees nothing else'],
};

const NEIGHBOURS = [
  ['Printer on the second floor', 'Waiting for parts', 'HB-2041'],
  ['New laptop for the front desk', 'Shipped', 'HB-2038'],
  ['Password reset, accounting', 'Closed', 'HB-2033'],
  ['Backup report of October', 'Sent', 'HB-2027'],
];

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const text = (value) => String(value).replace(/[&<>"']/g, (found) => ESCAPES[found]);

const page = (title, body, scripts = '') => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(title)} · Harborline IT</title>
<link rel="stylesheet" href="/portal.css">
${scripts}
</head>
<body>
${body}
</body>
</html>
`;

const BRAND = '<a class="brand" href="/"><span class="wave" aria-hidden="true"></span>Harborline IT</a>';

export function choose(people) {
  const card = (one) => {
    const [label, about] = ROLES[one.role];
    return `<li><form method="post" action="/sign-in"><input type="hidden" name="role" value="${text(one.role)}">
<button><strong>${text(one.name)}</strong><span>${label}</span><small>${about}</small></button></form></li>`;
  };
  return page(
    'Sign in',
    `<main class="door">
${BRAND}
<h1>Who are you today?</h1>
<p>This is the portal of a managed service provider that does not exist. Its security questions come from Beckon and are shown inside the portal, for whoever is signed in here.</p>
<ul class="people">${people.map(card).join('')}</ul>
</main>`,
  );
}

export function desk(person, beckon) {
  const [label] = ROLES[person.role];
  const neighbours = NEIGHBOURS.map(
    ([title, state, number]) => `<li><span>${title}</span><small>${number} · ${state}</small></li>`,
  ).join('');
  const { url, integrity } = beckon.module;
  const scripts = `<script type="module" src="${text(url)}" integrity="${text(integrity)}" crossorigin></script>
<script type="module" src="/portal.js"></script>`;
  return page(
    'Security questions',
    `<header class="bar">
${BRAND}
<nav aria-label="Portal"><a href="/">Overview</a><a href="/">Tickets</a><a href="/" aria-current="page">Security</a><a href="/">Invoices</a></nav>
<div class="who">
<label class="look">Look <select id="look"><option value="system">System</option><option value="light">Light</option><option value="dark">Dark</option></select></label>
<span><strong>${text(person.name)}</strong><small>${label}</small></span>
<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>
</div>
</header>
<div class="desk">
<aside aria-labelledby="tickets"><h2 id="tickets">Your tickets</h2><ul class="tickets">${neighbours}</ul></aside>
<main>
<h1>Security questions</h1>
<p class="lead">What our security team has seen and only you can answer.</p>
<div class="card"><beckon-escalations embed="${text(beckon.embed)}" label="Security questions"></beckon-escalations></div>
</main>
</div>`,
    scripts,
  );
}
