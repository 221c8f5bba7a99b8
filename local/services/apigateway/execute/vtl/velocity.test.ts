// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of Velocity
import { expect } from 'chai'
import fc from 'fast-check'
import { decimal } from '../json.ts'
import { evaluate } from './evaluate.ts'
import { TemplateError } from './nodes.ts'
import { parseTemplate } from './parse.ts'
import type { Value } from './values.ts'

const variables = () =>
  new Map<string, Value>([
    ['s', 'Hello World'],
    ['e', ''],
    ['i', 7],
    ['d', decimal(2.5)],
    ['t', true],
    ['f', false],
    ['l', ['x', 'y', 'z']],
    [
      'm',
      new Map<string, Value>([
        ['a', 1],
        ['b', 'two'],
        ['n', null],
        ['in', new Map([['deep', true]])],
      ]),
    ],
  ])
const rendered = (template: string): string => evaluate(parseTemplate(template), variables())

/** What Apache Velocity 1.7 itself answers to these. */
const ANSWERS: Record<string, [template: string, text: string][]> = {
  references: [
    ['$s ${s}! $!s $!{s}', 'Hello World Hello World! Hello World Hello World'],
    ['$x ${x} $!x$!{x}.', '$x ${x} .'],
    ['$m.a ${m.in.deep} $m.n $m["b"] $l[1] $l[-1]', '1 true $m.n two y z'],
    ['$s. $s.. $s.x $s.x().y $5 $$s', 'Hello World. Hello World.. $s.x $s.x().y $5 $Hello World'],
    ['$m $l', '{a=1, b=two, n=null, in={deep=true}} [x, y, z]'],
    ['\\$s \\\\$s \\\\\\$s \\$x \\\\$x \\a', '$s \\Hello World \\$s \\$x \\\\$x \\a'],
    ['#[[ $s #if ]]#', ' $s #if '],
    ['x ## c\ny #* a\nb *#z', 'x y z'],
  ],
  set: [
    ['#set($a = "x$s")$a', 'xHello World'],
    ["#set($a = 'x$s')$a", 'x$s'],
    ["#set($a = 'it''s')$a", "it's"],
    ['#set($a = "a""b")$a', 'a"b'],
    ['#set($a = "\\u0041\\n\\\\")$a', 'A\\n\\\\'],
    ['#set($a = "#if($t)y#end")$a', 'y'],
    ['#set($a = 1)#set($a = $x)$a', '1'],
    ['#set($a = 1 + 2 * 3)$a #set($a = (1 + 2) * 3)$a', '79'],
    ['#set($a = 7 / 2)$a #set($a = 7 % 3)$a #set($a = 1 / 0)$a', '311'],
    ['#set($a = 1.5 + 1)$a #set($a = -5 + 3)$a', '2.5-2'],
    ['#set($a = 2147483647 + 1)$a', '2147483648'],
    ['#set($a = $s + 1)$a #set($a = $x + "b")$a', 'Hello World1$xb'],
    ['#set($m.q = 5)$m.q #set($m["r"] = 6)$m.r #set($l[0] = "w")$l', '56[w, y, z]'],
    ['#set($a = {"k": 1, "l": [1, 2]})$a #set($a = [3..1])$a', '{k=1, l=[1, 2]}[3, 2, 1]'],
    ['#set($zz.x = 1)$zz', '$zz'],
    ['{\n  #set($a=1)\n  "y"', '{\n    "y"'],
    ['  #set($a=1)\nx', 'x'],
  ],
  if: [
    ['#if($t)y#end#if($f)y#{else}n#end#if($x)y#else n#end', 'yn n'],
    ['#if($e)y#else n#end', 'y'],
    ['#if($f)a#elseif($t)b#else c#end', 'b'],
    ['#if($i > 5 && $i < 9)y#end#if($i gt 5 and not $f)y#end', 'yy'],
    ['#if($i == "7")y#end#if(1 == 1.0)y#end#if($s == \'Hello World\')y#end', 'yyy'],
    ['#if($x == "")y#else n#end#if("$!x" == "")y#end', ' ny'],
    ['#if($s > 1)y#else n#end#if(1)y#else n#end#if("a")y#else n#end', ' n n n'],
    ['#if($m.containsKey("a"))y#end#if($s.contains("World"))y#end#if(!$l.isEmpty())y#end', 'yyy'],
    ['#if($t)\n  x\n#end\ny', '  x\ny'],
    ['#if($t)x#end-y', 'x-y'],
    ['\\#if($t)x', '#if(true)x'],
  ],
  foreach: [
    ['#foreach($k in $l)$k#if($foreach.hasNext),#end#end', 'x,y,z'],
    [
      '#foreach($k in $l)$foreach.index$foreach.count$velocityCount $foreach.first $foreach.last;#end',
      '011 true false;122 false false;233 false true;',
    ],
    ['#foreach($k in $m.keySet())$k,#end', 'a,b,n,in,'],
    ['#foreach($k in $m.entrySet())$k.key=$!k.value,#end', 'a=1,b=two,n=,in={deep=true},'],
    ['#foreach($k in $m.in)$k#end#foreach($k in $x)$k#end#foreach($k in $s)$k#end', 'true'],
    ['#foreach($k in [1..5])$k#if($k == 3)#break#end#end.', '123.'],
    ['#foreach($k in [1..3])$k#stop#end after', '1'],
    ['#foreach($k in ["a", "b"])#foreach($j in [1, 2])$k$j$foreach.parent.index #end#end', 'a10 a20 b11 b21 '],
    ['#set($k = 9)#foreach($k in $l)#end$k', '9'],
    ['{\n#foreach($k in $l)\n  "$k": 1#if($foreach.hasNext),#end\n\n#end\n}', '{\n  "x": 1,\n  "y": 1,\n  "z": 1\n}'],
  ],
  macros: [
    ['#macro(q $a $b)<$a|$b>#end#q("x" 2)#q("x", 2)#q($i)', '<x|2><x|2><7|$b>'],
    ['#macro(r $n)$n#if($n > 0)#set($p = $n - 1)#r($p)#end#end#r(3)', '3210'],
    ['#define($b)[$s]#end$b', '[Hello World]'],
    ['#foo($s) #foo', '#foo($s) #foo'],
  ],
  methods: [
    ['$s.length() $s.substring(6) $s.substring(0, 5) $s.indexOf("W")', '11 World Hello 6'],
    [
      '$s.replace("l", "L") $s.replaceAll("(l+)", "<$1>") $s.replaceFirst("o", "0")',
      'HeLLo WorLd He<ll>o Wor<l>d Hell0 World',
    ],
    ['$s.toUpperCase() $s.trim().toLowerCase() $s.charAt(0) $s.concat("!")', 'HELLO WORLD hello world H Hello World!'],
    [
      '$s.matches("Hello.*") $s.matches("ello") $s.equalsIgnoreCase("hello world") $s.hashCode()',
      'true false true -862545276',
    ],
    ['$s.split(" ").size() $s.split(" ")[1] #foreach($w in $s.split("o"))$w;#end', '2 World Hell; W;rld;'],
    ['$i.parseInt("5") $d.intValue() $i.equals(7) $t.toString()', '5 2 true true'],
    ['$l.size() $l.get(0) $l.contains("q") $l.indexOf("y") $l.subList(0, 2)', '3 x false 1 [x, y]'],
    ['$l.add("q") $l.remove(0) $l.remove("y") $l', 'true x true [z, q]'],
    ['$l.add(0, "w")$l $l.addAll($l) $l.clear()$l', '[w, x, y, z] true []'],
    ['$m.put("z", 1) $!m.put("y", 2)$m.put("a", 3) $m.size() $m.remove("a")', '$m.put("z", 1) 1 6 3'],
    [
      '$m.keySet() $m.values() $m.containsValue("two") $m.getOrDefault("q", "r")',
      '[a, b, n, in] [1, two, null, {deep=true}] true r',
    ],
  ],
}

/** What Apache Velocity 1.7 refuses, or throws for. */
const REFUSED = [
  '#if($t)x',
  '#end',
  '#set($a)',
  '#set(a = 1)',
  '#set($a = 1 2)',
  '#set($a = 3-1)',
  '#set($a = null)',
  '#foreach($x)',
  '${s',
  '${ s}x${s y}',
  '$',
  'x #',
  '#if()x#end',
  '$l[9]',
  '$l.get(9)',
  '$s.substring(50)',
  '$i.parseInt("x")',
  '$s.contains($x)',
  '#set($a = "a\\"b")',
]

describe('Velocity templates', () => {
  for (const [name, cases] of Object.entries(ANSWERS))
    describe(name, () => {
      for (const [template, text] of cases)
        it(JSON.stringify(template), () => {
          expect(rendered(template)).to.equal(text)
        })
    })

  for (const template of REFUSED)
    it(`refuses ${JSON.stringify(template)}`, () => {
      expect(() => rendered(template)).to.throw(TemplateError)
    })

  it('reads a template in linear time, whatever it holds', () => {
    const units = [
      '$',
      '#',
      '\\',
      '\\$',
      '\\#',
      '#[[',
      '#*',
      '$a[',
      '$a(',
      '$a[0]',
      '#a(',
      '#a("',
      "#a('",
      '#if($a)',
      '${',
      '#set($a=(',
      '"',
      '#foo($b',
    ]
    for (const unit of units)
      try {
        parseTemplate(unit.repeat(Math.ceil(300_000 / unit.length)))
      } catch (error) {
        expect(error).to.be.instanceOf(TemplateError)
      }
  }).timeout(60_000)

  it('ends what takes too much', () => {
    const bombs = [
      '#set($a = "xxxxxxxx")#foreach($i in [1..999])#set($a = "$a$a")#end',
      '#set($a = "xxxxxxxx")#foreach($i in [1..999])#set($a = $a + $a)#end',
      '#set($a = "xxxxxxxx")#foreach($i in [1..999])#set($a = $a.replace("x", "xxxxxxxx"))#end',
      '#set($a = "xxxxxxxx")#foreach($i in [1..999])#set($a = $a.replaceAll("x", "xxxxxxxx"))#end',
      '#set($a = "xxxxxxxx")#foreach($i in [1..999])#set($a = $a.concat($a))#end',
      '#set($a = [1])#foreach($i in [1..999])#set($b = $a.addAll($a))#end',
      '#set($a = [1])#foreach($i in [1..99])#set($a = [$a, $a])#end$a',
      '#set($a = [1])#set($b = $a.add($a))$a',
      '#set($a = {})#set($a.a = $a)$a',
      '#set($a = [1])#set($b = [1])#foreach($i in [1..99])#set($a = [$a, $a])#set($b = [$b, $b])#end#if($a == $b)y#end',
      '#set($a = 99999999)#foreach($i in [1..999])#set($a = $a * $a)#end',
      '#foreach($i in [1..1000])#foreach($j in [1..1000])#foreach($k in [1..1000])#end#end#end',
      '#set($a = [1..99999999])',
      '#macro(m)#m()#end#m()',
      '#define($d)$d#end$d',
      '#set($a = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")$a.matches("(a+)+")',
      '#set($a = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")$a.replaceAll("(a|aa)+$", "")',
    ]
    for (const bomb of bombs) expect(() => rendered(bomb), bomb).to.throw(TemplateError)
  }).timeout(30_000)

  it('takes 1,000 iterations of a loop and leaves the others out', () => {
    expect(rendered('#foreach($i in [1..1500])x#end')).to.have.length(1000)
  })

  it('reaches nothing of JavaScript or Java', () => {
    const names = [
      'constructor',
      'prototype',
      'class',
      'getClass()',
      'constructor.constructor("return 1")()',
      'toString.call()',
      'hasOwnProperty("a")',
      'call("x")',
      'entry',
      'decimal',
      'text',
      'then',
    ]
    for (const base of ['s', 'i', 'd', 't', 'l', 'm'])
      for (const name of names) expect(rendered(`$${base}.${name}`), `${base}.${name}`).to.equal(`$${base}.${name}`)
    expect(rendered('#set($m["__proto__"] = 1)#set($m.constructor = 2)$m.constructor')).to.equal('2')
    for (const base of ['s', 'i', 'l', 'm'])
      expect(rendered(`$${base}["__proto__"] $${base}["constructor"]`)).to.equal(
        `$${base}["__proto__"] $${base}["constructor"]`,
      )
    expect(({} as Record<string, unknown>).constructor).to.equal(Object)
  })

  it('never throws anything but its own error', () => {
    const part = fc.constantFrom(
      '$s',
      '$x',
      '#if(',
      '$m',
      '.a',
      '[',
      ']',
      '(',
      ')',
      '#set($v = ',
      '#foreach($k in $l)',
      '#end',
      '#else',
      '"',
      "'",
      '{',
      '}',
      '\\',
      '##',
      '#*',
      '*#',
      ' ',
      '\n',
      '1',
      '..',
      ',',
      ':',
      '+',
      '-',
      '==',
      '.size()',
      '$v',
      '#define($w)',
      '#macro(q $a)',
      '#q(',
      '#break',
      '#stop',
      '!',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        try {
          rendered(parts.join(''))
        } catch (error) {
          expect(error).to.be.instanceOf(TemplateError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
