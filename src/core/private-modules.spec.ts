import { Global, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { PrivateModules, subclassOf } from './private-modules.js';

@Injectable()
class Service {}

@Module({ providers: [Service], exports: [Service] })
class InnerModule {}

@Module({ imports: [InnerModule], exports: [InnerModule] })
class OuterModule {}

@Global()
@Module({})
class GlobalModule {}

@Module({})
class SharedModule {}

const newCopies = (): PrivateModules => new PrivateModules(subclassOf(SharedModule));

describe('private modules', () => {
  it('copy what a module imports and exports along, each once', () => {
    const copies = newCopies();
    const outer = copies.copyOf(OuterModule);
    expect(copies.copyOf(OuterModule)).toBe(outer);
    expect(outer).not.toBe(OuterModule);
    expect(outer.name).toBe('OuterModule');
    const [inner] = Reflect.getMetadata('imports', outer) as unknown[];
    expect(inner).toBe(copies.copyOf(InnerModule));
    expect(Reflect.getMetadata('exports', outer)).toEqual([inner]);
    expect(Reflect.getMetadata('imports', OuterModule)).toEqual([InnerModule]);
  });

  it('have instances of their own in one application', async () => {
    const installations = [newCopies(), newCopies()];
    @Module({ imports: installations.map((copies) => copies.copyOf(OuterModule)) })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    const [first, second] = installations.map((copies) =>
      app.select(copies.copyOf(InnerModule)).get(Service, { strict: true }),
    );
    expect(first).toBeInstanceOf(Service);
    expect(second).not.toBe(first);
    await app.close();
  });

  it('refuse a global module, which everybody would see', () => {
    expect(() => newCopies().copyOf(GlobalModule)).toThrow('GlobalModule is global');
  });
});
