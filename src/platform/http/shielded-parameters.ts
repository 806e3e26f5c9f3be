import {
  type ArgumentMetadata,
  createParamDecorator,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';

type Source = 'body' | 'query' | 'param';

interface RouteArgument {
  index: number;
  data?: unknown;
  pipes?: [];
}

/** Nest's own, which it does not export: where it keeps what a handler takes, and its numbers for where that comes from. */
const ROUTE_ARGUMENTS = '__routeArguments__';
const SOURCES: Readonly<Record<string, Source>> = { 3: 'body', 4: 'query', 5: 'param' };

/** Says that a parameter was shielded, and what it was. */
class ShieldedSource {
  constructor(
    readonly type: Source,
    readonly data: string | undefined,
  ) {}
}

const Shielded = createParamDecorator((source: ShieldedSource, context: ExecutionContext): unknown => {
  const request = context.switchToHttp().getRequest<Record<string, unknown>>();
  if (source.type !== 'param') return request[source.type];
  const parameters = request['params'] as Record<string, unknown>;
  return source.data === undefined ? parameters : parameters[source.data];
});

/**
 * Makes the bodies, queries and path parameters of a controller look like parameters of a custom decorator, which a host's global
 * validation pipe leaves alone. It runs before ours, and would strip, convert or refuse by rules of its own and in its own words, unaudited
 * (ADR 0022).
 */
export function shieldParameters(controller: Type): void {
  const prototype = controller.prototype as object;
  for (const method of Object.getOwnPropertyNames(prototype)) {
    const known = Reflect.getOwnMetadata(ROUTE_ARGUMENTS, controller, method) as
      Record<string, RouteArgument> | undefined;
    if (known === undefined) continue;
    const entries = Object.entries(known).map(([key, argument]) => ({
      key,
      argument,
      type: SOURCES[key.split(':')[0] ?? ''],
    }));
    const others = entries.filter(({ type }) => type === undefined);
    Reflect.defineMetadata(
      ROUTE_ARGUMENTS,
      Object.fromEntries(others.map(({ key, argument }) => [key, argument])),
      controller,
      method,
    );
    for (const { type, argument } of entries) {
      if (type === undefined) continue;
      const data = typeof argument.data === 'string' ? argument.data : undefined;
      Shielded(new ShieldedSource(type, data), ...(argument.pipes ?? []))(prototype, method, argument.index);
    }
  }
}

/** What a parameter was before it was shielded; others as they are. */
export function unshielded(metadata: ArgumentMetadata): ArgumentMetadata {
  const source: unknown = metadata.data;
  return source instanceof ShieldedSource ? { ...metadata, type: source.type, data: source.data } : metadata;
}
