import { Module } from '@nestjs/common';
import { BillTotals } from './domain/bill-totals.js';
import { ImportedLineRepository } from './domain/imported-line.js';
import { PostgresBillTotals } from './persistence/bill-totals.repository.js';
import { PostgresImportedLineRepository } from './persistence/imported-line.repository.js';

/** Reads Microsoft's bills from files, and keeps their lines. */
@Module({
  providers: [
    { provide: ImportedLineRepository, useClass: PostgresImportedLineRepository },
    { provide: BillTotals, useClass: PostgresBillTotals },
  ],
  exports: [ImportedLineRepository, BillTotals],
})
export class ImportsModule {}
