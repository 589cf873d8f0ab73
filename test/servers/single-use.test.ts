/** Whatever is good once is good exactly once, however many redeem it at the same time at however many servers: on stores without a network. */
import { test } from 'node:test'
import { stores } from '../flows/stores.ts'
import { eachGoodOnce } from './good-once.ts'

for (const store of stores.filter(({ reach }) => reach !== 'network'))
  eachGoodOnce(store, (name, prove) => void test(`THR-82: ${name}`, prove))
