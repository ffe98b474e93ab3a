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
  ) {}

  static async start(): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'beckon-e2e-'));
    // The tests' own receivers of webhooks are on this machine.
    const allowed = '--allow-private-destinations=true';
    const args = ['serve', '--demo', '--data', folder, '--listen', '127.0.0.1:0', allowed];
    const child = spawn(beckon(), args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await listening(child);
    const demo: Demo = JSON.parse(await readFile(join(folder, 'demo.json'), 'utf8'));
    return new Server(child, folder, demo);
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
  }
}

/** Waits for the line that says where the server listens. What it prints later is read and dropped. */
function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (said.length < 200) said.push(line);
      if (line.includes('listening on ')) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it listened:\n${said.join('\n')}`)));
  });
}
