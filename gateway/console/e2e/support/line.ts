import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { url } from './environment';

/** A line to the gateway that can be cut as a cable is: what is open ends, what is new is refused. */
export async function openLine(): Promise<{ url: string; cut: () => void; mend: () => void; close: () => void }> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let whole = true;
  const end = () => sockets.forEach((socket) => socket.destroy());
  const server = createServer((near) => {
    if (!whole) return near.destroy();
    const far = connect(Number(port), hostname);
    for (const [one, other] of [[near, far], [far, near]] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy()).on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
    return undefined;
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      whole = false;
      end();
    },
    mend: () => {
      whole = true;
    },
    close: () => {
      server.close();
      end();
    },
  };
}
