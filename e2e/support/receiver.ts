// Something that webhooks are sent to: takes requests and answers as a test wants.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class Receiver {
  /** What every request is answered with. */
  status = 204;
  /** The signatures that came with each request. */
  readonly signatures: string[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      receiver.signatures.push(String(request.headers['webhook-signature']));
      request.resume();
      request.on('end', () => response.writeHead(receiver.status).end(receiver.status < 300 ? '' : 'not today'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/beckon`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
