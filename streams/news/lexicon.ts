/**
 * Words and pairs of neighbours with two weights in tenths: polarity (good minus bad) and opinion (says something at all). "*" is
 * where every headline starts. Learned by logistic regression over three classes, pulled towards a hand-written list of finance
 * terms, from four fifths of the Twitter Financial News Sentiment training part (MIT); company names were left out. The fifth
 * that was held back are the rows whose text has an FNV-1a hash divisible by five. Words as `WordReader` gives them;
 * entries are parted by semicolons or line ends.
 */
export const LEXICON = `
* 0 -23; 52 high 12 10; 52 low -12 10; <+pct> 22 12; <+pct> after 2 -1; <+pct> pre 3 10; <+pct> premarket 2 2; <-pct> -24 11
<-pct> after -8 -1; <-pct> pre -5 5; <?> -4 -20; <?> here 4 3; <above> 10 7; <above> a 2 2; <above> consensus 8 18
<above> est 14 17; <above> estimate 14 17; <above> expected 14 17; <below> -16 11; <below> consensus -12 14
<below> est -14 17; <below> estimate -14 17; <below> expected -14 17; <down> -16 12; <n> <below> 4 -2; <n> <n> 0 -4
<n> am 3 3; <n> amid -3 6; <n> and 1 3; <n> barrels -7 0; <n> cents -1 2; <n> day 5 2; <n> days -3 2; <n> dividend 0 -4
<n> earnings -3 -2; <n> economy 5 1; <n> financial 0 -3; <n> for 3 1; <n> from -6 4; <n> g 6 -2; <n> guidance -4 9
<n> in 6 -4; <n> is -1 -4; <n> jobs 4 11; <n> may -4 5; <n> month 1 4; <n> nd 6 1; <n> new 6 5; <n> on 7 6; <n> orders 6 4
<n> point -6 1; <n> points 1 10; <n> q -5 3; <n> q# -1 -3; <n> results 3 -2; <n> stock -1 -3; <n> stocks 2 -3; <n> th -2 0
<n> the -3 -1; <n> to 4 -3; <n> top -2 -4; <n> vs 2 -7; <n> week 3 0; <n> with 4 3; <n> x 4 -7; <n> y -6 3; <n> year 3 -3
<n> years -2 -2; <pct> -1 6; <pct> <?> -1 -5; <pct> after 0 9; <pct> and 3 3; <pct> at 0 5; <pct> higher -4 0; <pct> in -4 10
<pct> of -1 -8; <pct> on 6 10; <pct> premarket 2 5; <pct> return 4 2; <pct> share 5 -1; <pct> this -5 0; <pct> today 6 4
<up> 15 10; <usd> 1 1; <usd> <above> 0 -3; <usd> <below> -4 1; <usd> <usd> 0 4; <usd> an 4 3; <usd> beats 4 -4
<usd> calls 6 4; <usd> deal -4 -6; <usd> dividend 1 -9; <usd> for 1 -3; <usd> from -7 7; <usd> in 0 -5; <usd> misses -5 -6
<usd> of -3 1; <usd> on 4 5; <usd> price 4 0; <usd> share 5 4; <usd> to -5 -1; <usd> vs 1 1; a <n> 2 -1; a <pct> -2 -2
a <usd> -3 -6; a big 2 -2; a comeback 1 8; a few -4 2; a good 0 -4; a great -4 6; a high 2 1; a look 2 -2; a more 2 -4
a potential -3 -6; a record 8 4; a run 6 3; a second 3 1; a share 3 2; a small 3 -5; a trade 3 -2; ab -5 -1; about 0 -2
about <n> -5 5; about the -1 -2; above 6 6; above <n> 4 4; above <usd> 3 3; accelerate 14 8; accelerates 14 11; accept 3 -4
access -2 -2; according 3 1; according to 5 1; account -2 -6; acquire -3 -8; acquired -3 -5; acquires 0 -7; acquisition -2 -4
acquisition of -1 -5; action 3 2; action against -6 5; actions 2 8; active 3 -1; activity -3 -1; added 6 3; adding 3 8
additional 8 3; adds 2 5; adjusted 7 2; ads -5 1; advance 11 7; advanced 2 -5; advances 7 5; advisor -4 -1; affect -2 -3
after -1 6; after ceo 4 8; after earnings -6 1; after fed 0 7; after hours 5 5; after its 5 0; after q# -6 1; after the 1 6
again -6 4; against -5 -6; agency -5 -3; ago 7 1; agree 5 -3; agreed -3 2; agreement 5 -4; agreement on 4 3; ahead -3 -2
ahead of 11 11; air 1 1; airlines -2 0; al -1 -7; alaska 6 3; alert -4 4; all of -5 2; all time -3 6; allow 2 -4
allowing -6 3; almost -4 11; alpha for -3 2; already 4 -1; also -5 -1; am 4 -1; ambitions 3 -7; amd 5 0; amid -5 -1
amid coronavirus 6 -1; amid the -3 3; among 1 3; among losers 0 -6; among premarket -1 10; an 1 -3; an ounce 4 3
analysis -1 -8; analyst 4 12; analysts 3 7; analysts are -3 0; analysts have 2 4; and -1 -3; and a -1 4; and analysts 0 6
and its -5 -2; and other 4 0; and revenue 5 4; and sign -1 -1; and the 4 -4; announced 3 -1; announcement 4 -1; announces 2 -5
announces date 0 -12; annual 3 -4; anti 1 -5; antitrust 4 4; any 0 1; api -7 2; apocalypse 4 4; appeal 2 -5; appears -3 1
application 6 3; application for 5 4; appoints 0 -4; approval 13 6; approved 15 10; approves 9 4; are -1 4; are betting 9 5
are buying 7 1; are crazy 5 2; are dumping -7 3; are getting -6 7; are not -4 1; are now -4 2; are selling -10 4
are snapping 5 2; are warming 5 2; area 5 6; ark 4 2; arm 3 1; around 8 2; around the -1 -4; as 1 5; as <n> 9 -3; as a -6 -1
as buy 5 5; as cfo 1 -5; as investors -5 2; as much -3 2; as the -3 1; as this -4 2; asks 3 -6; assessing -3 -4; asset 3 -4
asset management 2 3; assets -4 -2; asx -4 -6; at -1 3; at <n> -2 -5; at <pct> 0 -6; at <usd> 1 -7; at a 6 -1; at buy 17 19
at discount -11 13; at its -3 6; at open -6 4; at outperform 15 17; at overweight 14 17; at sell -16 18; at t 3 -2; at the 0 3
at underperform -14 17; at underweight -14 17; attempt 6 -1; attractive 6 5; auction -3 1; aurora -3 4; aurora cannabis -3 5
authority 6 1; auto -3 -1; average 3 4; averages 5 -1; avg -4 3; avoid -1 -4; avoiding 5 2; awarded 7 0; awarded <usd> 10 12
awarded contract 14 17; away 2 -3; away from 2 3; baby -1 -6; back -2 5; backed -2 -2; backing -4 3; bad -5 8; bad news -2 6
bailout 6 5; ball 3 -5; ball on 3 -5; ban -5 1; ban on -6 5; bank 0 3; bank of 5 1; banking 5 0; bankrupt -15 11
bankruptcy -13 8; bankruptcy avoided 20 0; banks -4 -6; barrels -8 0; barron -5 -3; base 3 2; based on -3 -3; basin 6 5
battle 3 2; bayer 5 2; be 2 0; be acquired 11 13; be bought 14 17; be in -4 2; be the 3 0; bear -6 2; bear market 4 7
bearish -18 13; beat 17 8; beating 8 9; beats 18 0; beats by 10 3; beats estimates 7 5; beats expectations 8 6
beats its 14 17; beats on 13 1; beats recession 20 0; beauty -2 -4; because -2 2; because of -2 4; become -1 -1; beef -3 -4
been 2 -1; been less 7 1; been this -5 2; before 3 -4; begins -3 0; behind -3 5; being 1 -3; bell -4 -1; below -8 6
below <usd> -1 3; below expectations -12 10; benefit 6 10; benefit from 7 5; benzinga top 0 -10; bernstein 5 6; best 3 -2
best and 1 -6; bet 4 1; bets 1 -6; better 0 -9; better buy -3 -4; better than 13 14; betting 5 -2; between the -2 5
beverage 5 3; beyond 10 5; bid -1 -9; bid for 12 11; big 5 -3; bigger -1 6; biggest 0 -8; bill -2 -8; billion contract 14 17
billionaire 1 -4; biotech 3 2; bit -2 3; bitcoin 5 4; black -1 -6; blames -7 6; block -1 -5; blockbuster 4 2; blow 4 0
blowout 4 4; board -4 -1; body 4 -5; bond -5 -13; bonds -2 -8; book 2 -1; books -2 -3; boom -1 5; boost 16 8; boosted 18 13
boosts 10 12; boosts dividend 12 10; border 6 0; boss 2 -5; botched -4 6; bottom 3 4; bought 4 -2; bounce 3 7; bounce back 5 2
bounces 10 3; brace -6 5; branches -5 4; brand 1 -1; breach -13 8; break -4 -1; breaking -5 4; breakout 8 6; breaks 3 1
breaks down 5 -1; breakthrough 15 7; bright 6 4; bring 1 0; broad -4 2; broader -5 4; broken -4 4; brookfield 4 -1
budget -4 -6; buffett -3 -5; build -2 2; building 0 -5; built -2 -8; bull 8 10; bullish 18 15; bullish on 1 4; bulls 3 7
burn -2 -5; business 1 1; business economy 4 1; business finance -2 11; business investing -2 3; business markets 4 1
businesses -3 0; but 0 -9; but not 8 3; but the -3 -3; but there 5 4; buy 8 2; buy <?> -3 -4; buy at 4 9; buy the 3 0
buy with 4 4; buyback 18 12; buyback plan 14 17; buyback program 6 6; buybacks -1 10; buyer -5 3; buyers 5 0; buying 3 8
buying opportunity 4 1; buyout -1 -5; buys 1 -1; bw -5 5; by -1 -2; by <n> 3 -2; by <pct> 0 5; by <usd> 4 -5; by a 1 -5
by the 4 0; calendar 1 -15; call 10 -1; calls 2 6; calls for -4 2; campaign 0 -5; can 2 -4; can easily 4 4; can the -3 -4
cancelled orders -14 17; cancer -3 -6; candidates 2 0; cannabis -5 -3; cannabis company -4 3; cap 4 -1; car -3 -1
carbon -5 -1; care -1 -2; case -7 1; cases 4 -5; cash 0 -4; cashing -5 4; cashing out -5 4; cast -5 5; catch 4 1; causing 5 4
cbd 2 -3; central 3 -6; central bank 3 -2; cents 1 3; cents a 7 4; cents vs 4 2; ceo -4 -8; cfo 2 -8; chain -5 5
chairman -1 -3; challenge -5 2; challenges -4 2; challenging -6 5; change 4 -2; changed 0 -8; charge -6 2; chart 4 4
chicago 4 -5; chicken -2 -4; chief 5 -8; chief resigns -14 17; citi 0 7; cities 2 -5; citron 2 8; city -4 0; claims 5 1
class 2 3; class action -10 22; clean 3 0; clears 7 4; climate 4 -2; climate change 7 3; climb 7 20; climbed 17 13
climbs 21 16; clinical -3 3; close -2 2; close to -3 -3; closed -5 5; closer 5 3; closes 3 2; closing 6 0; clothing -4 3
cloud -5 -3; cna -5 -5; co -1 -4; co founder -4 3; coal -5 2; coffee -3 0; collegium 3 3; com -3 3; come 1 4; comeback 4 8
comes -3 -2; comes to 2 -3; coming 1 5; coming to -2 7; comments -2 3; commercial 3 -8; commissioner 6 1; committee -4 1
commodity -4 -1; common 3 1; communications -2 2; companies -8 -5; company -4 3; compass 4 5; competition 1 -4; completes 3 -2
concern -5 2; concerned -4 3; concerns -16 9; concerns ease 20 0; conference 4 -12; conference call -2 -3
conference slideshow 2 0; confidence 2 6; confirms 1 -2; consensus -2 2; consensus <usd> 5 0; conservative -4 -2
consider -1 -8; consumer 4 -1; consumer credit -3 -6; consumer sentiment 5 5; consumers -3 6; continue 4 2
continue reading -1 -2; continues -1 4; continues to -4 2; contract 0 -7; contract to -4 -3; contract win 14 17
contracts -7 10; control 2 -2; controversy 1 -5; coors -5 3; copper 3 1; core -4 -2; coronavirus -4 6; coronavirus crisis -1 3
correction -5 5; corruption -3 8; cost -4 -3; costs -10 3; costs fall 20 0; could 0 7; could be 2 4; count 9 3; countries 4 -6
country 0 -4; couple 3 1; court 5 -7; crash -15 6; crashed -12 13; crashes -15 10; crazy 6 -2; crazy about 8 5; create 3 0
create <n> 7 6; credit -7 -3; crisis -9 5; critical -1 4; crore -1 -5; crude 0 8; cruises 1 4; crypto -3 -2; culture -4 2
cup 3 1; currencies 1 -4; current -1 4; customer -7 -2; cut -8 9; cut <n> -6 5; cut to -5 4; cuts -7 10; cuts dividend -14 11
cuts forecast -14 17; cuts full -14 17; cuts guidance -12 10; cuts losses 20 0; cuts outlook -12 10; cuts price -14 17
cuts pt -12 10; cuts target -12 10; cuts to -8 7; cutting -6 1; cve -2 -5; cvs -5 4; cyber attack -14 17; daily -3 -1
daily forecast -1 5; dairy -5 2; data -1 0; data breach -14 17; data from 5 4; date -2 -3; day 1 -3; days 1 2; de 0 -4
deadly 2 -5; deal 2 -2; deal in 3 -1; deal on -3 2; deal to 2 -7; deal with 3 5; deals -1 -2; debate -2 -3; debt -6 1
debut 0 -4; decades 4 1; decision 0 -5; declares -5 -9; declares <usd> 1 -9; decline -13 7; declined -13 5; declines -15 18
deepens -3 0; deeper 2 8; default -13 9; defect -16 12; defense -3 -8; deficit 4 7; delay -12 6; delayed -7 9; delays -14 7
delhi -4 3; deliveries -6 6; delivery -7 3; demand -2 -2; department -1 -3; despite -1 2; details -1 -5; develop 3 -1
development -2 7; development of -6 5; did -4 1; digit -6 4; digital 2 -6; diluting -16 12; dilution -17 13; dip 1 3
dipped -10 7; dips -10 8; direct 5 1; director -2 -6; directors 2 -2; disappoint -8 11; disappointing -16 10
disappoints -10 11; discount 2 -7; dispute 1 -5; disruption 5 1; distribution 3 2; dives -5 2; dividend cut -13 10
dividend hike 14 17; dividend increase 10 8; dividends -3 4; division -1 5; do 0 -6; does -3 -5; doj 4 2; dollar -1 5
done -4 7; double 2 7; doubled 3 2; doubles 14 3; doubts -7 -6; dow 1 3; dow up 3 1; down -15 4; down <n> -2 -2
down <pct> -9 3; downbeat -16 12; downgrade -29 18; downgraded -35 17; downgraded to -7 2; downgrades -30 16; downside -18 14
downturn 0 9; dragonfly -2 -4; draw 5 0; drilling -6 2; drivers 8 3; driving -4 1; drop -8 12; dropped -14 8; drops -11 7
drug 3 0; dry -8 -1; due 0 2; due to -2 8; dumping -7 2; during -7 -4; e ratio 2 2; each -1 -7; eagle 5 0; early 7 -1
earnings -5 1; earnings beat -5 -2; earnings call -1 -3; earnings fall -20 3; earnings preview 1 -5; earnings scheduled 0 -12
earns 5 4; earth -3 -5; ease 4 -2; eases -9 10; easily 4 4; easing -2 -6; easyjet -3 -4; eat 0 -5; ebay 0 -3; eco 3 -5
eco day 2 -4; economic -2 1; economic growth -10 3; economists 4 1; economy 3 8; economy finance -4 -5; economy markets 5 3
economy marketscreener -2 1; economy stockmarket 6 5; edge higher -2 -5; edges -2 5; effect -6 4; eia -5 -1; election -1 -6
electric 2 -4; emergency -6 4; emirates 6 -3; emissions 4 -8; employees 2 -3; en 0 -5; encouraging 6 3; end 1 2; end of 7 4
ending 2 4; ends 1 -3; energy -1 2; enough -4 0; enters -2 1; entertainment 1 -3; entry 6 -2; environmental -6 5; eps -3 3
eps <n> -4 3; eps <usd> 3 0; eps and 4 4; eps beats 7 -1; eps in 4 -3; eps misses -6 -3; equal -7 -4; equities -3 -2
equity -3 -1; equity offering -4 2; era -3 3; estate 0 -5; estimate 4 3; estimates 7 9; estimates on -1 5; euro -3 4
even -1 -3; event 4 -3; everything -2 -3; ex -2 -4; ex dividend 1 -5; exceeded 18 14; exceeds 15 10; exchange -1 -3
exclusive 2 -5; executive -1 -5; expand 0 -5; expands 9 4; expansion 4 6; expect -3 -2; expectations 9 0; expected -4 1
expects -3 13; expert 4 -5; explains -6 -3; exploring a 12 12; exploring sale 14 17; exports 2 0; extended 2 5; extends 1 -7
extra 3 -4; eyes 5 -2; f# -5 4; face -6 2; faces -5 -3; facility 6 -4; facing -6 4; factories -8 6; factory 6 2; fail -7 3
failed -9 10; failed to -8 19; fails -13 5; fails to -12 12; fair -4 1; fall -13 10; fall <pct> -4 -5; fall short -16 -1
falling -7 5; falls -16 14; falls <pct> -3 2; falls after -4 1; falls for 3 8; far 4 -4; farmers 3 3; faster 3 -2
fastest -2 3; fastest pace -3 4; fat -4 3; favorable 12 8; favorite -4 4; fda 7 7; fda approval 14 17; fear -4 -3; fears -9 8
fears ease 20 0; fed 2 -4; fell -12 12; few -4 2; field 1 -5; fight -2 2; files -3 1; final 2 -3; finally 6 1; finance -2 1
finance stocks 4 0; finance trading 5 7; financial 0 -3; financial results -1 -3; financials 4 3; financing -6 1; find 3 -8
finds -4 -2; fine -15 18; fined -17 13; fire -5 -2; fires 3 -6; firms -4 0; first 4 -6; first quarter 3 2; fiscal 1 -3
five 4 -3; flat -2 -5; flights -8 10; flow 5 3; flows 5 7; focus 2 3; follow 2 6; following -4 1; food -2 4; for 0 -4
for <n> -1 3; for a -7 2; for first -3 -1; for its 3 1; for more 1 3; for the -2 2; for this 5 0; for updates -4 0; force -2 7
forced -8 6; forces -5 2; forecast -3 7; forecast euro -1 5; forecasts 0 11; form 6 1; form <n> -1 -4; former 0 -4
fossil -6 5; founder -6 -2; four -3 -4; fourth 0 3; fraud -11 5; free -2 -5; from -4 -1; from <n> -3 -2; from <usd> 1 5
from a 7 2; from the 4 0; frozen 4 2; fuel -1 4; fuels 2 -3; full -2 -2; full year -3 -3; fully 6 1; fund 1 -5
fundamental -5 1; funds -2 1; funds are 1 16; funds have -1 4; further 5 -1; future 3 -3; futures 0 7; gain 16 12; gain in 4 3
gained 18 11; gainers 9 -2; gains 8 13; gains <pct> 4 2; gains after -5 0; gains on 5 5; gains share 14 17; game 5 -1
gap -3 -5; gapping -9 -1; gas -1 -3; gasoline -2 2; gauge 4 -4; gbp 3 4; general 4 -6; general announcement -2 -3; get 3 -2
get more 1 -2; gets 0 -5; give -2 -1; giving 1 -5; glass -3 -5; global -3 1; global economy -5 0; global markets -4 1
glut -13 8; go -2 2; god 3 -6; goes -2 -2; goes ex 1 -3; goes on 5 -2; going -3 4; going to 0 -3; gold 6 7; good 7 4
good news 3 -1; good stock -3 -4; goods 5 10; got 2 2; government -5 -4; governor -5 -1; grants 5 4; great 2 1; greater 5 2
green 1 3; greenhouse 0 -7; grind 2 -5; group 1 -2; grow 2 6; growing 7 2; grows 15 6; growth 4 14; growth and -3 3
growth in -3 1; grubhub 0 5; guggenheim 0 6; guidance above 14 17; guidance below -14 17; guidance cut -12 10
guidance raised 12 10; guides 4 1; hack -7 3; had 7 2; half of -1 6; halt -6 2; halted -6 -7; halts -17 13; halved -5 7
hammered -10 7; handle 2 1; hang seng 5 -5; hard -4 1; has 2 0; has been 3 -2; has the 4 1; have 0 3; have a -3 -4
have never -1 4; have to -1 -7; having 0 4; he -5 -6; headed -11 6; heading -5 -1; headwinds -8 6; health 2 -1
health care 2 -4; healthcare 0 -5; healthy 4 -3; heavy 5 9; heavy volume 4 4; hecla 6 2; hedge -1 5; hedge fund -3 -1
hedge funds 1 6; help 0 -4; helped 2 -3; her -2 -1; here 2 -2; here are 2 -2; here how 3 -3; here is -1 -5; here what -2 -8
here why -1 -6; hero -5 -5; hey -3 -4; hide -1 -5; high 7 3; high p 7 3; higher 14 11; higher guidance 12 10
higher tariffs -8 1; highest -3 2; highlight 4 -2; highlights -3 -6; highs 8 11; highs on 5 0; hikes 7 4; his -1 -12
history 8 5; hit -12 16; hit <n> 4 -3; hits 1 5; hits the -8 3; hitting -6 2; hkg -4 1; hkg <n> -4 1; hold -3 -6; holding 1 2
holds 4 -1; holiday 1 -7; holidays -5 3; home 2 1; hope 8 3; hope to 3 2; hopes 3 3; hopes for 6 0; hottest -5 3; hour 0 -6
hours 3 5; hours on 3 4; house -4 -3; how -1 -7; how to -3 -10; hsbc -5 -3; huge 4 3; human 2 -6; hurt -12 6; hurting -5 4
hurts -16 12; ibdpartner -4 -6; ideas 2 -3; if 0 -5; if it 5 4; imagine -3 -7; impact -2 -5; impairment -14 11
impeachment -1 -9; import 9 -1; important -4 -3; imports 3 -2; impressive 8 2; improved 11 8; improvement 10 7; improves 17 5
improving 14 3; in <n> 1 -1; in <usd> 1 -4; in a 0 -5; in an 1 4; in debt -9 7; in early -4 2; in first -3 4; in focus 2 -10
in for -5 2; in four -5 -2; in its 4 1; in line 11 0; in new 3 0; in next 5 1; in on -6 2; in q# 5 -2; in talks 2 -3
in the 1 3; in this -1 -7; in to 4 3; in trade 4 -8; in two -4 3; inch 4 -1; including -1 -2; income 1 -5; income fund -3 2
increase 7 2; increased 8 2; increases dividend 14 17; index -5 11; indexes -9 5; indian 7 -4; indicator -3 6
industrial -3 -2; industrials -3 3; industry -2 1; inequality 4 -4; inflation -4 3; inflation cools 12 10; info 2 -4
info on 0 -5; ing -4 3; initial 3 -2; initiated buy 14 17; initiates coverage 0 -10; inks 4 2; insider -1 -5; inspired -6 0
intelligence 3 -2; interest 4 6; interest rates 1 1; internal 5 4; international -5 -2; into 2 1; into a 6 0; into the 2 -3
intraday 4 8; introducing -4 6; inventories -2 8; inventory -1 3; invest 4 -3; investigation -12 8; investigation into -9 12
investing -2 0; investing economy -3 5; investing markets -4 -1; investing trading -6 1; investment -2 8; investment in 4 2
investments -5 2; investor -3 6; investor conference 4 4; investor presentation -1 -4; investors 1 1; investors are 5 -1
investors look 3 -2; iphone 8 2; ipo -2 -9; iraq 3 -4; irish -6 6; iron -6 0; is a -3 5; is an -6 -1; is back 3 4; is in -3 6
is not -4 3; is still 3 -3; is taking 3 7; is the 5 -5; is up 1 -2; is what -4 -3; issue 3 6; issues 0 -5; it -1 -2
it comes 2 -3; it is 5 0; it will -4 -1; its -1 -2; its <n> 0 5; jabil -5 -5; jail -4 2; jet -5 1; job -1 9; job cuts -13 11
jobless 7 8; jobless claims 7 5; jobless falls 20 0; jobs -6 5; jobs in 4 4; jump 19 14; jump on 5 4; jumped 15 10
jumps 17 18; just 2 2; just <n> -4 1; just beat 3 3; justified 4 -1; keep reading 2 -4; keeps 3 -4; kenya -5 -2; key 3 3
killed 5 3; kind 3 1; kind of 3 1; kirkland -4 -6; know 1 -6; kraft 3 4; la -3 -2; labor -1 7; land -2 -6; lands 9 3
lands <usd> 14 17; large -5 2; largest 4 1; last 3 1; last week 5 -2; late 2 3; latest -4 0; latin 2 -4; lattice 4 1
launch of 6 3; launched 3 -5; launches 1 -5; laundering -4 3; lawmaker -2 1; lawsuit -12 18; lawsuit over 5 -3; lay -7 5
layoff -13 10; layoffs -15 9; leader 4 0; leaders -4 1; leading 6 10; leads 5 0; leave -6 -2; leaving 1 -5; lee 3 -4
left -1 2; legal -3 7; legal action -8 7; lenders -6 -1; less 2 3; less bullish -9 1; less than -3 1; let 4 -2; letter -3 -3
level in 4 2; levels -5 3; leverage 1 -10; license 0 12; life 3 -3; lift 8 6; lifted 15 11; lifts 17 10; lifts outlook 14 17
light -5 -1; like 3 2; like a -3 -4; likely -2 1; likely to 3 -3; likes 7 3; limited -2 3; limits -8 2; line misses 6 -7
linger -5 -6; liquidity -8 0; list of 0 5; listen 3 -4; listing 3 -5; little 4 -3; little changed 0 -7; live 2 -3
live updates 4 -3; llp -7 7; loan -5 -2; loans -1 -6; lockheed -2 -3; logistics 5 0; lon 3 3; long 1 1; look -2 3
look at 4 -1; looking 2 1; looking at -4 2; looks 4 4; lose its -14 17; losers -11 -1; loses -13 5; loss -12 10; loss as 5 2
loss narrowed 20 0; loss narrows 12 10; loss of 2 -3; loss widens -12 10; losses -13 13; losses narrow 12 10; lost -6 3
love 8 2; low 0 7; low rates -4 0; lowe -3 6; lower -16 13; lower after -4 2; lower as -6 1; lowered -15 11; lowers -9 4
lowers forecast -14 17; lowers full -14 17; lowers fy -14 17; lowers guidance -7 5; lowers outlook -12 10; lowers pt -12 10
lows -5 7; lp 3 -1; ltd 4 -4; luxury -3 -1; luxury goods -3 -2; macy -7 3; made 2 0; maintained 4 -1; maintained as 3 2
maintains 5 -8; maintains buy 14 17; major 0 3; make 5 -5; maker -5 -3; makes -2 -4; making -2 -3; man 2 -7; management -2 -3
many -1 2; mar -1 6; margin 2 5; margins -4 3; marijuana -2 -3; market -1 2; market for 3 1; market live 8 -2; market on -4 1
market opens 4 -2; market update 4 0; markets 2 3; markets finance -3 -4; markets trading 5 1; marketscreener -1 -5
masks 0 -6; mass -4 0; massive -4 6; material 4 3; materials -1 4; matter 4 2; may -6 2; may be 7 3; may delay -14 17
may have -5 3; may not -3 -5; mcdonald 9 -1; mcdonalds 5 4; mdb 4 9; me 3 -1; mean 1 1; measures to -2 4; media 2 3
medical 1 -3; medicine 2 -3; meet -4 -2; meeting 2 -7; meets 6 3; merck 3 2; merge 4 2; merger 1 -5; met 7 4; metals 4 -2
metals settlement -1 -3; michigan 7 6; mid -1 -6; mid day -3 -13; midstream -2 3; might -5 4; milestone 6 -2; military 3 -9
millennials 3 -7; million contract 14 17; mini -3 -3; mining 3 -4; minister 0 -12; miss -11 9; missed -18 16; misses -28 5
misses by -7 -3; misses estimates -13 10; misses expectations -12 10; misses on -6 -4; mixed -7 -10; mizuho -3 7
mnuchin -1 -5; mobile 4 -4; mode 7 1; model 2 -1; modest -3 -3; molson -5 3; momentum 5 1; money -4 -1; money laundering -4 3
month -1 13; month high -1 4; month low -5 1; months -4 1; mood -4 6; moody -6 5; more -2 2; more and -1 -3; more bullish 4 1
more in 4 2; more info 2 -3; more stockmarket -7 4; more than 1 4; morning 2 -3; mortgage rates 1 -5; most -7 -4; motion -2 5
mountain -5 -1; mounting 3 -4; move 8 0; move higher -4 3; moves 4 -3; much -3 -4; much as -2 2; muddy -6 4; mulls 2 -5
multiple 2 3; music 5 -3; mutual 0 -4; my 3 -4; myers -8 -1; name 4 -2; narrower loss 12 10; nation 0 3; national -5 -10
natural 2 5; natural gas 2 7; nd 6 1; nearly <pct> -2 4; nears 5 -2; need -2 0; need to 6 -4; needs -2 -7; needs to -2 -5
neg -9 6; negative -12 6; negative on -14 17; network 4 1; never -5 -4; never been 1 4; new 4 -3; new customer 14 17
new high 9 6; new low -12 10; new lows -4 3; news 5 1; next 7 -5; next week -3 2; next year 0 -8; nice 9 6; nio 5 0
nissan -5 2; no 2 -3; non 4 1; nonfarm 2 5; not -3 1; not a 3 -2; not be 3 -4; not have 1 -6; notes -1 -6; notice 1 -4
now 1 -1; now up 4 4; ntsb -6 4; number -3 -2; number of -3 0; numbers 3 -1; nv 4 4; nxp 6 5; of -4 -4; of <n> -3 12
of <pct> -2 -4; of <usd> -2 3; of a 7 -2; of coronavirus -5 2; of interest 0 7; of its -6 0; of new 1 -5; of the -2 -1
off 0 7; off the 5 -1; offer 2 -5; offering -1 -9; office 4 -4; officer 0 -3; official -4 -2; officials -2 -1; offset 0 6
oil -3 6; oil and -2 4; oil output 1 4; oil price 0 -4; oil prices -5 2; oil producers 2 -2; old 0 -6; on <usd> 7 0; on a 0 -6
on any 4 2; on coronavirus 5 -3; on equity -4 4; on heavy 4 4; on new 3 6; on q# -2 0; on revenue -2 -2; on the -2 1
on track 5 2; on watch -4 1; one 0 -4; one for 3 3; one trade 4 3; onewater 6 0; online 2 -2; only -2 -4; open 3 -1
openings 4 4; opens 1 3; opens investigation -14 17; operation -2 -5; operations -1 -5; opportunities 0 -4; opportunity 6 0
opposition 3 -5; optimism 0 5; optimistic 23 18; option 4 0; or -2 -3; or <pct> 5 8; order 2 -2; orders 7 9; ore -9 4
other 2 -7; ounce 4 3; our 2 -6; out -7 -3; out of 4 2; outbreak 0 2; outlook -6 7; outperform 15 15; outperforms 16 12
output 9 3; over 0 5; over <usd> 2 0; over the -3 6; overhaul -6 3; overnight 4 0; overweight 16 13; own 4 -6; owned -4 1
p <n> 4 9; pace 0 8; pain -7 5; pandemic -1 9; panic -6 1; pare -5 -1; parent -2 -2; park -3 3; part of 0 -4; partner -4 -1
party 1 -7; pass -1 -5; past 12 5; past <n> -1 -3; patent 4 1; path -3 1; path to -3 2; pause -8 6; pay 3 1; pay <usd> -1 5
paying 6 -4; payments -1 -3; paypal -4 3; payrolls 6 5; peers 5 4; pension -2 5; people -3 -9; pepsico 4 4; percent 5 3
perform -4 2; performance -1 -5; persist 3 5; person 4 3; personal 4 -2; petrobras 5 4; phase 1 7; phase one 2 6; phathom -7 7
phone -1 -5; pick 4 3; picks 2 -2; pickup -5 4; pile 6 -2; pinterest 6 1; pipeline 3 1; piper -3 6; plan 0 -9; plan to -2 2
plane 4 -5; plans 6 -1; plans to 3 3; platform -6 1; play 2 -4; plc -1 -5; pledge 0 -9; plummet -9 1; plummeted -19 14
plummets -17 13; plunge -18 16; plunged -14 13; plunges -20 13; podcast -3 -2; point 1 6; points -3 5; points or 4 3
points to -5 5; policy -5 -2; political 3 5; popular 1 -5; population -5 1; portfolio -2 -6; position 2 3; positive 14 10
positive on 14 17; possible 0 5; post -2 7; post q# 1 6; posts better 14 17; potential 1 -2; pound 5 1; power 5 -7; pre 3 7
pre market -1 -4; preferred -1 -4; premarket 3 7; premarket after 4 3; premarket gainers 7 5; premarket losers -7 5
premarket on 0 4; premium 10 5; prepare 0 5; presentation 1 -16; presents -1 -8; presents at 2 0; president 3 -10
presidential -2 -5; pressure -10 1; pressures -7 -2; preview 1 -18; price cut -12 9; price forecast 3 5; price has -3 5
price target changes 6 -6; priced -6 7; prices -3 -1; pricing -1 -3; private 0 -4; pro -3 -7; probably 5 2; probe -13 11
probes 4 6; problem -3 2; problems -5 -1; producer -7 3; product -3 4; production 2 5; production in -7 2; products -5 -2
profit 6 11; profit drops -20 3; profit falls -17 0; profit warning -12 10; profitability 3 7; profitable 13 12; program -2 -4
project 1 -6; projects 3 2; promising 7 6; property -2 -5; proposal 0 -6; proposed 1 -3; proposes 2 -6; protection 2 -4
protest -6 -2; protesters 0 -6; protests -7 0; provide 0 -4; psa 2 -5; pt 5 8; pt cut -12 10; pt lowered -12 10
pt raised 12 10; public -1 -9; public health -3 3; public offering -10 8; pull -4 -1; pullback -2 5; pulls -8 -1
pulls back -8 4; purchase 2 -2; purchases 0 3; pushed 5 0; put 3 -1; puts -8 5; q# 1 3; q# <n> 0 -3; q# earnings 4 -1
q# eps 5 5; q# results -2 -7; qualcomm -7 1; quarter -1 7; quarter <n> 2 -2; quarter results -6 -1; quarterly 4 3
question -5 1; quite -1 6; quits 5 -3; radio 2 2; raise 2 -1; raised 18 11; raised to 2 1; raises 17 8; raises <usd> -5 -7
raises capital -20 3; raises concerns -20 3; raises dividend 12 10; raises doubts -20 3; raises forecast 14 17
raises full 14 17; raises fy 14 17; raises guidance 13 11; raises outlook 12 10; raises pt 12 10; raises questions -20 3
raises target 12 10; rallied 20 14; rallies 21 9; rally 6 16; ranked -5 -5; rapid -4 2; rare -3 -3; rate -2 -4; rate cut 12 5
rate cuts 12 7; rate hike -12 8; rate hikes -11 9; rates -4 -11; ratio -2 1; re -2 -3; reach 0 3; reached 7 4; read -1 -5
read more 0 -2; reading 6 0; ready 8 -1; ready to 5 2; real -4 0; real estate 0 -4; reality 3 -4; reason -3 3; reason to -6 2
reassess -5 4; rebound 13 7; rebounded 16 12; rebounds 16 10; recall -12 8; recalls -18 14; recap 1 8; recap <n> 1 8
receives 2 5; recently 5 2; recession -8 14; record 6 10; record high 12 7; record highs -2 3; record loss -20 3
record losses -20 3; record low -10 12; records 4 6; recover 10 3; recovers 15 11; recovery 13 18; red -3 5; redesign -5 2
reduce -5 3; regain 6 5; regulator -3 -7; regulator clears 14 17; regulator rejects -14 17; regulatory approval 14 17
reiterates 0 -11; rejected -12 6; rejects -13 5; released 3 -2; relief 4 4; remains -4 -1; rental 4 4; replace 4 -1; repo 1 -9
report -3 1; report of 8 2; reportedly 5 6; reporting -5 2; reports 4 -4; reports fourth 0 -3; reports q# -1 -12
repurchase 9 4; repurchase program 10 12; request -3 -4; reserves -2 -2; resigns -7 5; resigns unexpectedly -14 17
resilient 7 4; resort 4 -1; resource -2 -6; respond -4 2; response -6 0; rest 3 4; restatement -13 10; restaurant 4 1
restaurants -3 4; results 0 -7; results earnings -1 -3; results profit 2 -5; resumes 2 2; retail -5 -1; retail sales -4 3
retailers 3 8; retirement 0 -5; retreat -11 4; returns -1 -2; reveals -3 -5; revenue 6 3; revenue in 3 2; reversal -7 -1
review 3 -2; revs -3 3; rides 6 3; rig 6 2; rig count 6 2; right 4 -4; right now -3 -6; rights 2 -6; rise 9 12; rise on 5 3
rises 22 11; rises <pct> 3 -3; rising 5 11; risk -6 3; riskier -7 2; risks -2 -5; road 5 0; robust 14 16; rock 5 1; rocket 5 4
roe 2 -1; role 1 -5; roll 6 1; rose 13 11; rose <pct> 5 -1; round -3 2; rs 2 -4; rs <n> -1 -5; rules 2 0; run 5 7; run to 5 4
safe 6 3; safety -3 1; said 6 1; said it -4 -3; sales -1 6; sales <usd> 2 6; sales miss -4 3; sales short -14 17; sales to 7 4
sales up 5 2; same store -3 1; samsung -5 7; sank -16 12; satellite -5 2; saudis 10 -3; say 3 -2; says 1 4; says about 1 -4
says coronavirus -6 0; says he 0 -5; says it 2 1; says no 1 -5; scandal -6 3; scheduled 4 -10; schedules 3 -10; school -1 -4
science 3 2; scores -1 -4; search 1 -5; season -2 -5; seattle 7 3; second 2 -5; second day 6 0; secondary offering -14 17
secret 2 -5; sector -1 3; secured 2 -4; securities -6 3; security 0 -3; see 1 -3; seeing -4 1; seek -5 3; seeking alpha -1 -1
seeks -2 -6; seem -4 3; seen -2 -4; sees 4 11; sees above 14 17; sees below -14 17; selects 1 -4; sell -6 7; seller 3 -5
selling -3 1; selloff -14 14; sells 0 -4; seng 5 -5; senior 3 -4; sense 6 1; sentiment 1 2; serious -5 4; service -2 2
services 4 -1; session 3 5; set 3 2; set for 0 3; set to 2 1; setback -17 13; sets -3 -1; setting -4 -1; settle 4 5
settlement 4 4; settlement prices -1 -9; settles 13 8; setup 4 3; seven year -6 1; shadow -6 5; shale -5 0; shape -2 5
share 3 0; share offering -14 17; share price 1 3; share repurchase 7 10; share sale -12 10; shareholder -1 4
shareholders 4 0; shareholders are 1 6; shares 4 11; shares are -5 2; shares down -3 2; shares drop -14 17; shares fall -15 17
shares jump 3 2; shares of -4 3; shares rise 4 2; shares slip -14 17; shares up 6 5; sharply -6 6; she -3 -5; sheds -4 2
shift -3 -3; ship 1 -5; shipments -3 4; shock -6 3; shopify -4 3; short covering 12 10; short of -8 6; short report -14 17
short seller -13 14; short term -4 0; shortfall -15 12; should 3 -5; show -1 6; showing 4 -3; shows -4 2; shrink -5 1
shrinks -11 8; shrug 6 2; shut -5 3; si 4 6; side -5 1; sign -3 5; sign up -2 -1; signal 5 4; signaling 3 -6; significant 2 5
signs 4 8; signs of 1 8; silver -2 3; since 0 7; since the 5 0; singapore -1 -4; sink -18 13; sinks -19 13; six 3 0
size -1 -3; skyrockets 11 14; slams -7 3; slash -19 10; slashed -19 13; slashes -19 14; slid -18 12; slide -19 13
slides -19 15; slideshow 1 -3; slideshow get 4 3; sliding -5 3; slightly 4 2; slip -16 10; slipped -10 7; slips -16 8
slow -2 -3; slowdown -13 16; slump -15 16; slumped -17 13; slumps -16 12; small -6 2; small business -4 -2; small cap 4 3
smart 4 -2; snapping 5 2; so 0 -4; soar 19 12; soared 19 11; soars 11 16; social -1 -5; software 0 -4; solar -3 -5; sold -2 -1
solid 16 10; some 4 9; something -4 -1; soon 2 5; source -2 -1; sources -5 -4; sours -12 9; space 5 7; sparks 5 -4
special 1 -3; speed -1 -6; spend 3 -4; spending 0 2; spikes 15 13; sports -3 -6; squeeze 8 13; squeeze into 5 2; stable 5 2
stage 2 2; stake 2 -4; stake in -1 -4; stand 0 -6; start -5 0; start to -2 7; starting -5 1; starting to -6 2; starts -3 1
starts at 2 2; startup 3 0; state -4 -3; state of -6 5; statement 1 -5; states 0 3; stay -3 -4; stellar 5 2; step 1 -6
steps 1 -5; steps down -5 2; sterling -1 7; stick -2 2; stick to -2 3; still 2 2; stimulus -3 3; stock 1 3; stock <?> 0 -4
stock falls -4 3; stock is 4 6; stock just 2 4; stock market 0 1; stock marketscreener -1 -9; stock offering -11 13
stock price -1 2; stock rises 5 5; stock soars 4 2; stock that 1 6; stock to -2 -4; stockmarket -1 0; stockmarket finance -5 3
stockmarket markets -5 1; stockmarket stocks 2 -4; stockmarket trading 3 3; stocks 1 4; stocks are -1 8; stocks business 2 -4
stocks economy 2 -7; stocks finance 6 2; stocks moving -1 -12; stocks open -2 4; stocks stockmarket 1 2; stocks that -3 -12
stocks to -3 -15; stocks with -2 -7; stop 3 0; store -5 -2; store sales -4 2; stores -2 6; storm 3 -3; storms 3 8; story 2 -4
strategies 1 -6; strategist 4 -1; strategy -2 -6; streaming 5 -5; strength 6 2; strengthen 6 3; stress 6 1; strike -7 3
strong 8 16; stronger 17 12; study 2 6; stumble -7 5; stumbles -15 10; subpoena -13 10; subscribe 9 3; subscribe to 0 3
subscribers 9 8; substantial 3 -3; successful 5 4; sued -20 15; sues -24 18; suffers -5 -1; suggests 8 7; suit 1 4
summary 2 -5; summer -3 -4; summit -3 2; suppliers -4 -1; supply -4 7; supply problems -14 17; support 2 3; support for -6 1
surge 12 13; surge in -6 1; surged 15 9; surges 12 14; surging -4 3; surpasses 16 12; survey 2 4; suspend -6 10
suspended -9 15; suspending -6 5; suspends -11 14; suspension -4 7; sustainable 4 -1; swedish 9 -6; swift -4 -4; swing -4 -3
t mobile 4 1; table -8 1; tailwinds 6 5; take -6 -6; take on 4 3; takeover bid 12 10; takeover offer 12 10
takeover target 14 17; takes -2 -6; taking -1 -3; talks 3 0; target -2 7; target at 2 3; target cut -12 10
target lowered -13 11; target raised 14 11; target to 4 3; target up 12 10; targeting -3 6; targets 3 -3; tariff 1 4
tariffs 1 7; tariffs on -1 8; tax 3 -5; taxes -4 -3; team -1 -6; teams -2 -4; tech 7 -2; technical 4 2; technology 4 0
ten 4 2; tencent 7 -1; tensions -5 3; term -3 -4; terms 1 -5; terrible -4 3; test 0 -2; teva 4 3; th -2 -1; than -2 -1
than <n> 4 0; than <usd> -4 3; than expected 1 4; thanks 6 2; that 2 -1; that would 6 2; the 1 -3; the <n> 2 -3; the <usd> 3 2
the ball 3 -5; the best 8 1; the biggest -1 -8; the close 5 6; the company 5 5; the coronavirus -7 6; the country -2 -1
the dow -5 2; the downside -3 3; the economy -7 -3; the end 8 2; the fastest -3 4; the fed -2 -7; the first 4 -1; the full 4 2
the highest -3 5; the largest -3 4; the last 7 4; the most -4 2; the next 2 -3; the number -5 5; the oil 4 -1; the open 4 1
the potential 8 5; the retail 0 7; the rise 6 3; the second -1 -5; the trade -2 -5; the virus -2 6; the week 5 -3
the world -2 -1; their -1 -3; them 3 -6; therapies 6 5; there -2 7; there are -3 3; these 5 -7; these <n> 1 -2
these hedge 0 -3; they -6 -3; thing 5 -2; things 3 0; think 5 -1; think about -1 -5; third quarter -3 -1; this 1 -3
this bullish 8 2; this is -5 -1; this month -2 8; this stock 4 0; this week -5 3; this year 0 3; thousands -4 5; threat -4 8
threaten -7 4; threatens -11 -1; three years -5 2; through 0 4; through <n> 4 7; time 6 1; time in -4 -6; time to 5 2
to -1 -3; to <n> 2 8; to <pct> -3 -3; to <usd> 2 2; to a 2 3; to acquire 10 8; to boost 0 -5; to buy 3 0; to close -5 0
to come 0 6; to consider -1 -3; to create 4 3; to cut 4 -2; to drop -2 -3; to end 2 2; to find -2 -5; to get 1 -6; to have 4 1
to help -3 1; to hold -4 3; to invest -2 -5; to its 4 -1; to keep -1 2; to make 4 -1; to more 3 -5; to neutral 1 5
to outperform 9 11; to overweight 12 10; to present 0 -12; to record -1 5; to report 0 -12; to resolve -4 3; to see 5 2
to seeking 0 4; to sell -4 -1; to step 1 -5; to support 1 -5; to the -2 6; to trade 2 3; to underperform -12 10
to underweight -12 10; to watch -2 -10; to win -4 1; to work 1 -3; tobacco -6 0; today 5 5; tomorrow 1 -6; too -1 -3
took -2 -4; top 4 -2; top <n> -3 -8; top downgrades 0 -10; top ranked -5 -5; top upgrades 0 -10; topped 15 10; topper 5 2
tops 15 9; tops estimates 12 10; tops expectations 12 10; tops q# 4 3; total -1 -1; touch 4 2; tour 3 1; toward 0 7
toyota 3 5; track 4 0; trade 2 7; trade deal 0 7; trade news 4 3; trade talks 4 1; trade war -1 -3; trader 2 2; trading -2 3
trading at -4 2; trading markets 3 -2; trading stockmarket -6 3; traffic 6 5; transaction -4 0; transcript -2 -13
transportation 5 -7; travel -1 -5; treatment 4 0; trend 0 8; trial 3 -3; tripled 12 9; trouble -7 2; trust 2 -6; tse 5 -2
tumble -20 15; tumbled -18 13; tumbles -18 13; turn -2 3; turned -5 3; turns 3 4; twitter 4 5; two 3 -3; two months -5 0
ugly -8 5; ultra -7 2; un -6 2; uncertain -5 3; uncertainty -4 4; unchanged -1 -14; under investigation -14 17
underperform -16 9; underweight -14 13; unemployment -4 4; unemployment rate -5 6; unexpectedly -4 4; unified -5 4
union -2 -2; unit -4 -4; unlimited -7 5; until -4 -1; unveils -4 -2; up 8 4; up <n> 4 -1; up <pct> 9 9; up as 10 3
up for -2 0; up in -3 4; up on 4 3; up to -4 -8; upbeat 19 18; update 2 -2; update <n> -9 -2; update economy 4 -2
update on 4 0; update stocks -7 6; updates 2 -2; updates on -2 0; upgrade 26 17; upgraded 29 15; upgraded to 5 3
upgrades 27 12; upgrades downgrades 1 -12; upped 5 4; ups 4 3; upside 9 16; usd 2 1; use -2 -8; used -1 -8; users -4 7
using -2 -9; valuation -3 0; value 5 -4; vanish -5 1; vaping -4 9; vehicle 3 -4; venture -1 -4; very 9 4; via -2 2
victory 3 -1; video 5 1; viral -10 9; virus -1 4; virus fears 9 2; volatility -4 2; vs -2 2; vs <n> 4 2; vs <usd> -4 -2
wage 10 -1; walks 5 1; want 0 -4; wants -3 2; war -3 -7; warming 3 1; warming up 5 2; warned -13 9; warning -15 15
warns -12 8; was 2 4; was a -1 -5; waste 1 -5; watch 3 -1; watchdog -5 2; watching 3 -5; water -5 -5; waters -3 6; way 2 -2
ways -3 -4; we have -1 -4; weak -19 14; weak dollar 20 0; weaken -13 8; weakening -13 10; weakens -16 12; weaker -23 12
weakness -11 11; webcast -1 -14; week 1 -2; week ahead 1 -13; week high 3 3; week in -4 -1; weekly 2 -1; weeks -7 4
weighing bid 14 17; weighs -6 1; weight -3 -5; well 4 2; went -4 4; were -3 -4; weve 0 7; what 2 -3; what analysts -3 -2
what is 3 2; what to 2 -11; when 1 -4; where -2 -6; whether -5 -1; which 0 -5; while 7 -11; who -5 1; why 1 12
wider loss -12 10; will 3 -1; will be -5 0; will make 4 3; will not 6 3; williams -4 0; willing -2 -4; willing to 0 -7
win 0 -4; wins 10 -1; wins <usd> 10 13; wins contract 14 17; winter -5 -1; wipe -5 3; with 1 -7; with <n> 5 4; with a -1 -2
with t -1 8; with the -3 -1; woes 3 1; women 3 -2; work 4 -6; workers -5 2; working 3 3; world -5 -3; world bank 3 -4
world is 4 7; worried -9 3; worries -2 12; worse than -10 11; worst -6 9; worth -2 -3; would 1 -4; would have 3 5; wrap -1 -5
writedown -14 11; wrong -3 1; wynn 7 3; year 0 2; year <n> 4 2; year ago 3 5; year and -3 -1; year high -5 -4; year low -3 2
years 0 3; yet 5 4; yield 0 -4; you 1 -6; you need -4 3; you should -2 -4; you think 4 2; your -1 -5; youre 1 -4; yr 3 -3
zone 7 1
`;
