// The store: a Keyv of the app's own.
import KeyvPostgres from '@keyv/postgres';
import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';

export function open(url: string): Keyv {
  if (url.startsWith('redis:')) return new Keyv(new KeyvRedis(url));
  if (url.startsWith('postgres:')) return new Keyv(new KeyvPostgres({ uri: url }));
  return new Keyv();
}
