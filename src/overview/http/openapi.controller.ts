import { Get, Inject } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import type { OpenApiDocument } from '../../platform/http/openapi.js';
import { OpenToAnyone } from '../../platform/http/permissions.guard.js';
import { MOUNT_PATH } from './admin-ui.assets.js';

/** Token of the composed document; `servers` is filled in when it is asked for, because only the running host knows its prefix. */
export const OPENAPI_DOCUMENT = Symbol('OPENAPI_DOCUMENT');

@ConnectorController('openapi.json')
export class OpenApiController {
  constructor(
    @Inject(OPENAPI_DOCUMENT) private readonly document: OpenApiDocument,
    @Inject(MOUNT_PATH) private readonly mountPath: string,
    private readonly config: ApplicationConfig,
  ) {}

  @Get()
  @OpenToAnyone()
  openApi(): OpenApiDocument {
    const path = [this.config.getGlobalPrefix(), this.mountPath, 'api'].join('/');
    const url = `/${path.split('/').filter(Boolean).join('/')}`;
    return { ...this.document, servers: [{ url }] };
  }
}
