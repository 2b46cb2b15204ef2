// NestJS in CommonJS: the session storage is a provider. Written without decorators, so that nothing
// needs to be compiled.
const { Module } = require('@nestjs/common');
const { MemorySessionStorage } = require('@shopify/shopify-app-session-storage-memory');
const { EncryptedSessionStorage } = require('shopify-app-session-storage-encrypted');

class SessionsModule {}
Module({
  providers: [
    {
      provide: 'SESSION_STORAGE',
      useFactory: () => new EncryptedSessionStorage(new MemorySessionStorage()),
    },
  ],
  exports: ['SESSION_STORAGE'],
})(SessionsModule);

module.exports = { SessionsModule };
