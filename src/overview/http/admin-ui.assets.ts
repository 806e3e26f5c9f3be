import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Inject, Injectable, Logger, type OnModuleInit, StreamableFile } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from '../../core/psa-connector.options.js';

/** Path the module is mounted under, without slashes around it. */
export const MOUNT_PATH = Symbol('MOUNT_PATH');

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/** Loaded by the page after its own styles; the build leaves an empty one there. */
const HOST_STYLESHEET = 'theme.css';

/** Where the build puts the admin UI: beside our compiled code. */
const BUILT_UI = fileURLToPath(new URL('../../admin-ui', import.meta.url));

/**
 * Serves the built admin UI under Express and Fastify. Each file has a route of its own, made once at start, so that no request path
 * is ever turned into a file name.
 */
@Injectable()
export class AdminUiAssets implements OnModuleInit {
  readonly #logger = new Logger(AdminUiAssets.name);

  constructor(
    @Inject(MOUNT_PATH) private readonly mountPath: string,
    private readonly adapterHost: HttpAdapterHost,
    private readonly config: ApplicationConfig,
    @Inject(PSA_CONNECTOR_SETTINGS) private readonly settings: PsaConnectorSettings,
  ) {}

  onModuleInit(): void {
    const { httpAdapter } = this.adapterHost;
    if (httpAdapter === undefined || httpAdapter === null) return;
    if (!existsSync(join(BUILT_UI, 'index.html')) || !existsSync(join(BUILT_UI, 'assets'))) {
      this.#logger.warn('The admin UI is not built, so it is not served', { path: BUILT_UI });
      return;
    }
    const prefix = this.config.getGlobalPrefix();
    const base = `/${[prefix, this.mountPath].filter((part) => part !== '').join('/')}`.replaceAll(
      /\/{2,}/g,
      '/',
    );
    this.serveIndex(base);
    const stylesheet = Buffer.from(this.settings.adminUi.stylesheet);
    this.serve(`${base}/${HOST_STYLESHEET}`, stylesheet, 'text/css; charset=utf-8', 'no-cache');
    for (const name of readdirSync(BUILT_UI, { recursive: true, encoding: 'utf8' })) {
      const mediaType = MEDIA_TYPES[extname(name)];
      if (mediaType === undefined || name === 'index.html' || name === HOST_STYLESHEET) continue;
      const content = readFileSync(join(BUILT_UI, name));
      // The build puts a hash into the names of these alone.
      const caching = name.startsWith('assets') ? 'public, max-age=31536000, immutable' : 'no-cache';
      this.serve(`${base}/${name}`, content, mediaType, caching);
    }
  }

  /** `<mount>/` answers the page; `<mount>` leads there, because the page's addresses are relative. */
  private serveIndex(base: string): void {
    const { httpAdapter } = this.adapterHost;
    const html = readFileSync(join(BUILT_UI, 'index.html'));
    const answer = (request: { url: string; originalUrl?: string }, response: object) => {
      const [path, query] = (request.originalUrl ?? request.url).split('?');
      if (path?.endsWith('/')) {
        this.send(response, html, 'text/html; charset=utf-8', 'no-cache');
        return;
      }
      const target = `${path?.split('/').at(-1) ?? ''}/${query === undefined ? '' : `?${query}`}`;
      httpAdapter.redirect(response, 308, target);
    };
    httpAdapter.get(base, answer);
    // Express takes both forms as one route; Fastify does not.
    if (httpAdapter.getType() === 'fastify') httpAdapter.get(`${base}/`, answer);
  }

  private serve(path: string, content: Buffer, mediaType: string, caching: string): void {
    this.adapterHost.httpAdapter.get(path, (_: unknown, response: object) =>
      this.send(response, content, mediaType, caching),
    );
  }

  private send(response: object, content: Buffer, mediaType: string, caching: string): void {
    const { httpAdapter } = this.adapterHost;
    httpAdapter.setHeader(response, 'Content-Type', mediaType);
    httpAdapter.setHeader(response, 'Cache-Control', caching);
    httpAdapter.setHeader(response, 'X-Content-Type-Options', 'nosniff');
    // Nest's Express adapter would send a bare Buffer as JSON.
    httpAdapter.reply(response, new StreamableFile(content), 200);
  }
}
