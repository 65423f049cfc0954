/** The bundle of a module as text (tsup.config.ts). */
declare module 'inline:*' {
  const text: string;
  export default text;
}
