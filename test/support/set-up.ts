/**
 * Set-up of every suite: Nest reads decorator metadata through this. It is a file of ours, because a package named as set-up is not
 * found by browser-like environments when `node_modules` is a link.
 */
import 'reflect-metadata';
