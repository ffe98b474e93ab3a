/** How a panel looks. Colours are `#rrggbb`; `surface` and `text` come together. What cannot be read is left out. */
export interface BeckonTheme {
  scheme?: 'auto' | 'light' | 'dark';
  accent?: string;
  surface?: string;
  text?: string;
  /** Whole px, 0 to 16. */
  radius?: number;
  font?: 'system' | 'sans' | 'serif' | 'mono';
}

/** Why a launch code is asked for. */
export interface BeckonTokenRequest {
  embed: string;
  reason: 'start' | 'renewal';
}

export interface BeckonEscalationsEventMap {
  /** Somebody is signed in, and the questions are there. */
  ready: CustomEvent<null>;
  /** The panel is `height` px high now. */
  resize: CustomEvent<{ height: number }>;
  /** The panel shows another page; `escalation` is the number of the question, or null for the list. */
  navigate: CustomEvent<{ path: string; escalation: number | null }>;
  /** Whoever looked is signed out, or their rights have changed. */
  'session-expired': CustomEvent<null>;
  /** Something went wrong: `setup`, `unreached` or `launch`. */
  error: CustomEvent<{ code: string; message: string }>;
}

/** `<beckon-escalations embed="emb_…" base="https://beckon.example">` */
export class BeckonEscalations extends HTMLElement {
  /** Where Beckon is; where this module came from, unless it is set. */
  base: string;
  /** The public id of the embed. */
  embed: string;
  /** Tokens over those of the attributes. */
  theme: BeckonTheme;
  /** Fetches a launch code from your own server, which knows who is signed in. */
  fetchToken: ((request: BeckonTokenRequest) => Promise<string | { code: string }>) | null;
  /** Shows one question. */
  open(escalation: number): void;
  /** Has everything fetched again. */
  refresh(): void;
  /** Ends what the panel may see. */
  signOut(): void;

  addEventListener<K extends keyof BeckonEscalationsEventMap>(
    type: K,
    listener: (this: BeckonEscalations, event: BeckonEscalationsEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'beckon-escalations': BeckonEscalations;
  }
}
