export * from './schedule/schedulers.ts'
export * from './schedule/model-sampling.ts'
export * from './schedule/resolution-shift.ts'
export * from './schedule/official-schedules.ts'
