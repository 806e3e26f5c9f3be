import { Module } from '@nestjs/common';
import { ConfigurableModuleClass } from './psa-connector.module-definition.js';
import { PSA_CONNECTOR_OPTIONS, PSA_CONNECTOR_SETTINGS } from './psa-connector.options.js';
import { resolveSettings } from './psa-connector.settings.js';

/** Gives every feature the checked settings and the host's ports. Internal; shared within an installation. */
@Module({
  providers: [
    { provide: PSA_CONNECTOR_SETTINGS, inject: [PSA_CONNECTOR_OPTIONS], useFactory: resolveSettings },
  ],
  exports: [PSA_CONNECTOR_SETTINGS],
})
export class PsaConnectorCoreModule extends ConfigurableModuleClass {}
