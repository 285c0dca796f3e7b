export function postgresPrograms(): string | undefined;
export function bringPostgres(): void;
