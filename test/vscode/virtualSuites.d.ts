/** Made when the tests are bundled: the default exports of every *.suite.ts in this folder. */
declare module 'virtual:suites' {
  const suites: readonly import('./suite.ts').Suite[];
  export default suites;
}
