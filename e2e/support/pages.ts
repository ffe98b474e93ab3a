// The two pages that the tests work with, by what a person (or a screen reader) finds on them.
import type { Locator, Page } from '@playwright/test';
import type { Escalation } from './api.ts';

/** Quotes what means something in a pattern. */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

export class ListPage {
  readonly search: Locator;

  constructor(readonly page: Page) {
    this.search = page.getByRole('searchbox', { name: 'Search' });
  }

  async goto(query = ''): Promise<void> {
    await this.page.goto(`/escalations${query}`);
  }

  /** The link of the row of `escalation`. */
  row(escalation: Escalation): Locator {
    const place = escalation.organizations[0]?.name ?? 'Whole account';
    return this.page.getByRole('link', { name: new RegExp(`^${literal(escalation.subject)}\\s*, ${literal(place)}$`) });
  }

  /** A tab: Open, Overdue, Resolved, All. */
  tab(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: new RegExp(`^${name}`) });
  }

  /** Opens the menu of a filter and switches one of its options. */
  async filter(menu: string, option: string): Promise<void> {
    await this.page.getByRole('button', { name: new RegExp(`^${menu}`) }).click();
    await this.page.getByRole('dialog', { name: menu }).getByRole('checkbox', { name: option }).click();
    await this.page.keyboard.press('Escape');
  }
}

export class EscalationPage {
  readonly main: Locator;
  readonly consequences: Locator;
  readonly timeline: Locator;
  readonly note: Locator;
  /** The button that says what it will do. */
  readonly commit: Locator;
  /** What stands on top once it is resolved. */
  readonly resolved: Locator;

  constructor(readonly page: Page) {
    this.main = page.getByRole('main');
    this.consequences = page.getByRole('region', { name: 'What this will do' });
    this.timeline = page.getByRole('region', { name: 'Timeline' });
    this.note = page.getByRole('textbox', { name: 'Note' });
    this.commit = this.main.getByRole('button', { name: /resolve|dismiss/i });
    this.resolved = this.main.getByRole('region', { name: /resolved|withdrawn/i });
  }

  async goto(escalation: Escalation): Promise<void> {
    await this.page.goto(new URL(escalation.url).pathname);
    await this.heading(escalation).waitFor();
  }

  heading(escalation: Escalation): Locator {
    return this.page.getByRole('heading', { level: 1, name: escalation.subject });
  }

  /** Chooses an answer: Expected, Unauthorized, Dismiss for now. */
  async choose(answer: string): Promise<void> {
    await this.page.getByRole('radio', { name: answer, exact: true }).check({ force: true });
  }

  /** The row of the table in which something is listed. */
  entity(name: string): Locator {
    return this.main.getByRole('row').filter({ hasText: name });
  }

  /** Decides about one entity. */
  async decide(name: string, choice: string): Promise<void> {
    const group = this.main.getByRole('radiogroup', { name: `Decision about ${name}` });
    await group.getByRole('radio', { name: choice }).check({ force: true });
  }

  /** The button that does what it says. */
  button(name: string | RegExp): Locator {
    return this.main.getByRole('button', { name, exact: typeof name === 'string' });
  }

  /** Types the word that confirms what is about to be done, and does it. */
  async confirm(word: string): Promise<void> {
    const dialog = this.page.getByRole('dialog');
    await dialog.getByRole('textbox').fill(word);
    await this.page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
  }

  /** The card with the question. */
  get card(): Locator {
    return this.main.locator('.answer-card');
  }

  /** Chooses for whom: the people, an organization by name, the whole account. */
  async level(name: string | RegExp): Promise<void> {
    await this.page.getByRole('radio', { name, exact: typeof name === 'string' }).check({ force: true });
  }

  /** Chooses what becomes of the accounts of those whose logins are unauthorized. */
  async accounts(fate: string): Promise<void> {
    await this.page.getByRole('radio', { name: fate, exact: true }).check({ force: true });
  }
}
