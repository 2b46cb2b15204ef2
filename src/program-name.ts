// How the command line is called in everything that is printed.

/**
 * A call that can only run this package: npx finds its program in the app's folder, and elsewhere asks the
 * registry for a package of exactly this name. The shorter `encrypted-sessions` is for where a program
 * that is called so cannot be a stranger's: a script of package.json, or a path.
 */
export const programCall = 'npx shopify-app-session-storage-encrypted';
