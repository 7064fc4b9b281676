export const root: string;
export function platformPackage(): { readonly libDir: string } | undefined;
