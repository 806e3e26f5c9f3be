import { Module } from '@nestjs/common';
import { ImportedLineRepository } from './domain/imported-line.js';
import { PostgresImportedLineRepository } from './persistence/imported-line.repository.js';

/** Reads Microsoft's bills from files, and keeps their lines. */
@Module({
  providers: [{ provide: ImportedLineRepository, useClass: PostgresImportedLineRepository }],
  exports: [ImportedLineRepository],
})
export class ImportsModule {}
