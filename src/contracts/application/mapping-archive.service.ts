import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ConnectionRemovals } from '../../connections/application/connection-removals.service.js';
import { MAPPING_STORE, type MappingStore } from '../domain/mapping-store.js';

/** Archives the mappings of a connection when it is removed, so that its subscriptions can be mapped elsewhere. */
@Injectable()
export class MappingArchive implements OnModuleInit {
  constructor(
    private readonly removals: ConnectionRemovals,
    @Inject(MAPPING_STORE) private readonly store: MappingStore,
  ) {}

  onModuleInit(): void {
    this.removals.register(async (tx, _context, connectionId, at) => {
      const archivedMappings = await this.store.archive(tx, connectionId, at);
      return Object.values(archivedMappings).some((count) => count > 0) ? { archivedMappings } : {};
    });
  }
}
