// A demo server with a data folder of its own, on a port that the system chooses.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

export type Role = 'admin' | 'viewer' | 'organization_user';

/** What `beckon serve --demo` writes into its data folder. */
export interface Demo {
  base_url: string;
  operator_key: string;
  accounts: {
    id: number;
    name: string;
    sign_in: Record<Role, string>;
    keys: Record<Role, string>;
  }[];
}

/** The path of the binary under test; `cargo xtask test` builds it and says where it is. */
export function beckon(): string {
  const path = process.env.BECKON_BIN;
  if (!path) {
    throw new Error('BECKON_BIN names no binary: run the browser tests with `cargo xtask test --browser-only`');
  }
  return path;
}

export class Server {
  private constructor(
    private readonly child: ChildProcess,
    readonly folder: string,
    readonly demo: Demo,
    private readonly log: string[],
  ) {}

  static async start(): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'beckon-e2e-'));
    // The tests' own receivers of webhooks are on this machine.
    const allowed = '--allow-private-destinations=true';
    const args = ['serve', '--demo', '--data', folder, '--listen', '127.0.0.1:0', allowed];
    const env = { ...process.env, BECKON_LOG: 'debug,beckon_server=trace' };
    const child = spawn(beckon(), args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    const log: string[] = [];
    child.stderr!.setEncoding('utf8').on('data', (piece: string) => log.push(piece));
    await listening(child, log);
    const demo: Demo = JSON.parse(await readFile(join(folder, 'demo.json'), 'utf8'));
    return new Server(child, folder, demo, log);
  }

  /** Runs another command of the binary beside the server, and returns what it prints. */
  async run(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(beckon(), [...args, '--data', this.folder]);
    return stdout.trim();
  }

  /** Writes a file into the server's folder, and returns its path. */
  async file(name: string, text: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, text);
    return path;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    await rm(this.folder, { recursive: true, force: true });
    this.look();
  }

  /** Looks for secrets in everything that was logged while the tests ran: those of the demo, and those that tests enter. */
  private look(): void {
    const log = this.log.join('');
    const keys = [this.demo.operator_key, ...this.demo.accounts.flatMap((one) => Object.values(one.keys))];
    const links = this.demo.accounts.flatMap((one) => Object.values(one.sign_in)).map((link) => link.split('/').pop()!);
    const secrets = [...keys.map((key) => key.split(':')[1]!), ...links, ...ENTERED];
    const forms = secrets.flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')]);
    const basic = keys.map((key) => Buffer.from(key).toString('base64'));
    const found = [...forms, ...basic].filter((secret) => log.includes(secret));
    if (found.length > 0) throw new Error(`the log holds ${found.length} secrets, such as ${found[0]!.slice(0, 6)}…`);
    // A log that says nothing proves nothing.
    if (log === '') throw new Error('nothing was logged');
  }
}

/** Secrets that tests enter: whoever enters one of another wording adds it here. */
export const ENTERED = ['tulips under the viaduct', 'client-secret-of-the-tests', 'a secret of the tests, long enough'];

/** Waits for the line that says where the server listens. What it prints later is read and dropped. */
function listening(child: ChildProcess, log: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (said.length < 200) said.push(line);
      if (line.includes('listening on ')) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it listened:\n${said.join('\n')}\n${log.join('')}`)));
  });
}
