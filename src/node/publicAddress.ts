/** Which addresses a web page may be fetched from: only those of the public internet. */
import ipaddr from 'ipaddr.js';

/** Public by their range, but the metadata services of a cloud. */
const metadata: ReadonlySet<string> = new Set(['168.63.129.16']);

/**
 * Whether it is a unicast address of the public internet: not private, loopback, link-local, shared (carrier NAT),
 * multicast or reserved, nor an IPv6 address that stands for an IPv4 one (mapped, NAT64, 6to4, Teredo).
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ipaddr.parse(address).range() === 'unicast' && !metadata.has(address);
}

/** An address of this machine itself: 127.0.0.0/8 or ::1. */
export function isLoopbackAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.parse(address).range() === 'loopback';
}

/** Whether the text is an address and no name. */
export function isAddress(host: string): boolean {
  return ipaddr.isValid(host);
}
