/**
 * Set-up of every test file: Nest reads decorator metadata through the first line. It is a file of ours, because a package named as set-up
 * is not found by browser-like environments when `node_modules` is a link.
 */
import 'reflect-metadata';
import { startScenarioTime } from './billing/scenario-clock.js';

startScenarioTime();
