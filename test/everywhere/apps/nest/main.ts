// A NestJS application that has its session storage injected.
import 'reflect-metadata';
import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import {
  EncryptedSessionStorage,
  generateKey,
  Keyring,
} from 'shopify-app-session-storage-encrypted';
import { scenario } from './scenario';

@Injectable()
class Shops {
  constructor(@Inject('SESSIONS') private readonly storage: EncryptedSessionStorage<Keyv>) {}

  async visit(id: string): Promise<string | undefined> {
    await this.storage.storeSession(
      new Session({
        id,
        shop: 'a.myshopify.com',
        state: '',
        isOnline: false,
        accessToken: 'token',
      }),
    );
    const session = await this.storage.loadSession(id);
    return session instanceof Session ? session.accessToken : undefined;
  }
}

const keyring = Keyring.fromJwks({ keys: [generateKey().jwk] });
const sessions = {
  provide: 'SESSIONS',
  useFactory: () => new EncryptedSessionStorage(new Keyv(), { keyring }),
};

@Module({ providers: [Shops, sessions] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  if ((await app.get(Shops).visit('offline_a')) !== 'token') throw new Error('no session');
  await app.close();
  await scenario();
}

void main();
