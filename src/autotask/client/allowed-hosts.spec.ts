import { describe, expect, it } from 'vitest';
import { PsaHostNotAllowedError } from '../../ports/psa/psa.errors.js';
import { DEFAULT_DISCOVERY_URL } from '../autotask-options.js';
import { AllowedHosts } from './allowed-hosts.js';

const VENDOR_ONLY = new AllowedHosts([], DEFAULT_DISCOVERY_URL);
const WITH_EXTRAS = new AllowedHosts(
  ['127.0.0.1:4010', 'LOCALHOST:4011', 'psa.example:8443', 'double.example', '[::1]:4012'],
  'http://127.0.0.1:5000/atservicesrest',
);

describe('the host allow-list', () => {
  it.each([
    'https://webservices.autotask.net/x',
    'https://webservices2.autotask.net/x',
    'https://WEBSERVICES31.autotask.net:443/x',
    'https://prde.autotask.net/',
    'https://pres.autotask.net/',
  ])('lets the vendor host of %s through', (url) => {
    expect(() => VENDOR_ONLY.check(new URL(url))).not.toThrow();
  });

  it.each([
    'http://webservices2.autotask.net/',
    'https://webservices2.autotask.net:8443/',
    'https://webservices2.autotask.net.evil.example/',
    'https://evilwebservices2.autotask.net/',
    'https://ww2.autotask.net/',
    'https://webservices2xautotask.net/',
    'https://user:pw@webservices2.autotask.net/',
    'https://169.254.169.254/latest',
    'http://127.0.0.1:4010/',
    'ftp://webservices2.autotask.net/',
    'file:///etc/passwd',
  ])('refuses %s', (url) => {
    expect(() => VENDOR_ONLY.check(new URL(url))).toThrow(PsaHostNotAllowedError);
  });

  it.each([
    'http://127.0.0.1:4010/x',
    'http://localhost:4011/x',
    'http://[::1]:4012/x',
    'https://psa.example:8443/x',
    'https://double.example/x',
    'http://127.0.0.1:5000/zone2/',
  ])('lets the configured host of %s through', (url) => {
    expect(() => WITH_EXTRAS.check(new URL(url))).not.toThrow();
  });

  it.each([
    'http://127.0.0.1:4013/x',
    'http://127.0.0.2:4010/x',
    'http://psa.example:8443/x',
    'http://double.example/x',
    'https://psa.example/x',
    'https://double.example:8443/x',
  ])('refuses %s although extra hosts are configured', (url) => {
    expect(() => WITH_EXTRAS.check(new URL(url))).toThrow(PsaHostNotAllowedError);
  });

  it('refuses plain HTTP to a configured discovery host that is not this machine', () => {
    const hosts = new AllowedHosts([], 'http://double.example:8080/atservicesrest');
    expect(() => hosts.check(new URL('http://double.example:8080/x'))).toThrow(PsaHostNotAllowedError);
  });

  it.each([
    [WITH_EXTRAS, 'http://127.0.0.1:4010/x', true],
    [WITH_EXTRAS, 'http://127.0.0.1:5000/x', true],
    [WITH_EXTRAS, 'https://webservices2.autotask.net/x', false],
    [VENDOR_ONLY, DEFAULT_DISCOVERY_URL, false],
  ])('knows which hosts the operator named (%#)', (hosts, url, isListed) => {
    expect(hosts.lists(new URL(url))).toBe(isListed);
  });
});
