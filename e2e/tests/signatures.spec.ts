// Beckon's signatures and the verifiers that receivers use: taken as they are, refused when a byte changes. A test of
// the server keeps the samples current.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { Webhook as Standard } from 'standardwebhooks';
import { Webhook as Svix } from 'svix';

interface Sample {
  name: string;
  now: string;
  secrets: string[];
  headers: Record<string, string>;
  body: string;
}

const verifiers = { standardwebhooks: Standard, svix: Svix };

const samples: Sample[] = JSON.parse(await readFile(new URL('../support/webhooks.json', import.meta.url), 'utf8'));

/** Tells whether a verifier takes a request at the moment when it was signed. */
function takes(Verifier: typeof Standard | typeof Svix, secret: string, body: string, sample: Sample): boolean {
  const clock = Date.now;
  Date.now = () => Date.parse(sample.now);
  try {
    new Verifier(secret).verify(body, sample.headers);
    return true;
  } catch {
    return false;
  } finally {
    Date.now = clock;
  }
}

for (const [name, Verifier] of Object.entries(verifiers)) {
  for (const sample of samples) {
    test(`${name} takes ${sample.name}, and refuses it when a byte changes`, () => {
      expect(sample.secrets.length).toBeGreaterThan(0);
      for (const secret of sample.secrets) {
        expect(takes(Verifier, secret, sample.body, sample)).toBe(true);
        for (let at = 0; at < sample.body.length; at += 1) {
          const changed = sample.body.slice(0, at) + (sample.body[at] === '0' ? '1' : '0') + sample.body.slice(at + 1);
          expect(takes(Verifier, secret, changed, sample), `character ${at}`).toBe(false);
        }
      }
      expect(takes(Verifier, `whsec_${btoa('a secret of somebody else')}`, sample.body, sample)).toBe(false);
    });
  }
}
