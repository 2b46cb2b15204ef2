// Finds nodes of a Redis Cluster that do not answer any more: a cluster client has a connection to each,
// and as long as others answer, nothing else shows it.
import { hasMembers, hasMethods, type Members, memberOf } from '../../foreign-object.js';
import { pause } from '../../pause.js';
import { call } from './redis-client.js';

/**
 * The clients of those masters that do not answer within so many milliseconds, be it that a handshake
 * was never answered: that would not end by itself.
 */
export async function silentNodes(cluster: Members, milliseconds: number): Promise<Members[]> {
  const masters = Array.isArray(cluster.masters) ? cluster.masters : [];
  const clients = masters
    .map((node: unknown) => memberOf(node, 'client'))
    .filter(hasMembers)
    .filter((client) => client.isOpen === true);
  const isAnswering = await Promise.all(
    clients.map((client) => Promise.race([answers(client), pause(milliseconds)])),
  );
  return clients.filter((_, at) => isAnswering[at] !== true);
}

/** Opens the connection of a node again. The client goes on trying until there is one. */
export async function reopenNode(client: Members): Promise<void> {
  try {
    await call(client, hasMethods(client, 'destroy') ? 'destroy' : 'disconnect');
    await call(client, 'connect');
  } catch {
    // The cluster was closed since then. Failures to connect are events.
  }
}

/** An error is an answer too. */
async function answers(client: Members): Promise<boolean> {
  try {
    await call(client, 'sendCommand', ['PING']);
  } catch {
    // It was cut off, or is loading.
  }
  return true;
}
