import { connect, createServer } from 'node:net';

/** Forwards a port that stays to a server whose port changes with every start. */
export class FixedAddress {
  #target = null;
  #sockets = new Set();
  #server = createServer((client) => {
    if (this.#target === null) {
      client.destroy();
      return;
    }
    const upstream = connect(this.#target, '127.0.0.1');
    for (const [own, other] of [
      [client, upstream],
      [upstream, client],
    ]) {
      this.#sockets.add(own);
      own.on('error', () => other.destroy());
      own.on('close', () => {
        this.#sockets.delete(own);
        other.destroy();
      });
      own.pipe(other);
    }
  });

  static async open() {
    const address = new FixedAddress();
    await new Promise((resolve) => address.#server.listen(0, '127.0.0.1', resolve));
    return address;
  }

  get port() {
    return this.#server.address().port;
  }

  /** Breaks every connection; new ones reach this port, or none while it is null. */
  pointTo(port) {
    this.#target = port;
    for (const socket of this.#sockets) socket.destroy();
  }

  close() {
    this.pointTo(null);
    this.#server.close();
  }
}
