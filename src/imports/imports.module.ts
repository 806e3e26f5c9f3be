import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { UnreadBodyMiddleware } from '../platform/http/unread-body.js';
import { ImportQuery } from './application/import-query.service.js';
import { ImportRunner } from './application/import-runner.service.js';
import { ImportUpload } from './application/import-upload.service.js';
import { ImportWorkers } from './application/import-workers.service.js';
import { ImportedLineRepository } from './domain/imported-line.js';
import { CHUNK_STORE, IMPORT_STORE, LINE_STORE } from './domain/import-store.js';
import { ImportUploadController } from './http/import-upload.controller.js';
import { ImportsController } from './http/imports.controller.js';
import { BillingImportRepository } from './persistence/billing-import.repository.js';
import { ImportChunkRepository } from './persistence/import-chunk.repository.js';
import { PostgresImportedLineRepository } from './persistence/imported-line.repository.js';
import { LineMergeRepository } from './persistence/line-merge.repository.js';

/** Reads Microsoft's bills from files, and keeps their lines. */
@Module({
  controllers: [ImportUploadController, ImportsController],
  providers: [
    ImportUpload,
    ImportRunner,
    ImportWorkers,
    ImportQuery,
    { provide: IMPORT_STORE, useClass: BillingImportRepository },
    { provide: CHUNK_STORE, useClass: ImportChunkRepository },
    { provide: LINE_STORE, useClass: LineMergeRepository },
    { provide: ImportedLineRepository, useClass: PostgresImportedLineRepository },
  ],
  exports: [ImportedLineRepository],
})
export class ImportsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(UnreadBodyMiddleware).forRoutes(ImportUploadController);
  }
}
