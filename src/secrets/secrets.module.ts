import { Module } from '@nestjs/common';
import { SecretVault } from './application/secret-vault.service.js';
import { SEALED_SECRET_STORE } from './domain/sealed-secret-store.js';
import { SealedSecretRepository } from './persistence/sealed-secret.repository.js';

@Module({
  providers: [SecretVault, { provide: SEALED_SECRET_STORE, useClass: SealedSecretRepository }],
  exports: [SecretVault],
})
export class SecretsModule {}
