BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $folder = "$TestDrive"
    $manifest = [System.IO.Path]::Combine((Get-Module RpiLive).ModuleBase, 'RpiLive.psd1')
    $stock = New-StockImage $folder
    $names = @(1..4 | ForEach-Object { "live$_.img" })
}

Describe 'ForEach-Object -Parallel' {
    It 'makes several images at once' {
        $images = $names | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:manifest
            New-RpiLiveImage $using:stock ([System.IO.Path]::Combine($using:folder, $_)) -CompressionLevel 1 -WarningAction SilentlyContinue
        }
        @([System.Linq.Enumerable]::Order([string[]] $images.Name)) | Should -Be $names
        foreach ($image in $images) {
            Test-RpiLiveImage -LiteralPath $image.Path -Quiet | Should -BeTrue -Because "$($image.Name) was made beside others"
        }
    }

    It 'reads, changes and tests several images at once' {
        foreach ($name in $names) {
            $null = New-LiveImage $folder $name
        }
        $results = $names | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:manifest
            $path = [System.IO.Path]::Combine($using:folder, $_)
            $image = Get-RpiLiveImage $path | Set-RpiLivePersistence -Directory /srv -Target Folder -Size 8MB | Add-RpiLiveZram -Percent 25
            "$_ $($image.KeepRules) $($image.Zram.Percent) $(Test-RpiLiveImage $path -Quiet)"
        }
        @([System.Linq.Enumerable]::Order([string[]] $results)) | Should -Be @($names | ForEach-Object { "$_ /srv (Overlay on folder) 25 True" })
    }

    It 'takes images of this session in others' {
        $images = @($names | ForEach-Object { Get-RpiLiveImage (New-LiveImage $folder $_) })
        $changed = $images | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:manifest
            $_ | Add-RpiLiveZram -Size 64MB
        }
        @($changed.Zram.Size) | Should -Be @(64MB, 64MB, 64MB, 64MB)
        $images.Where{ $null -ne $_.Zram } | Should -BeNullOrEmpty
    }

    It 'reads one image many times at once' {
        $live = New-LiveImage $folder
        $hashes = @(1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module $using:manifest
                (Get-RpiLiveImage $using:live).RootSha256
            })
        $hashes | Should -HaveCount 8
        @($hashes -ne (Get-RpiLiveImage $live).RootSha256) | Should -BeNullOrEmpty
    }
}

Describe 'Jobs' {
    It 'makes an image in a thread job' -Skip:(-not (Get-Command Start-ThreadJob -ErrorAction Ignore)) {
        $job = Start-ThreadJob -ArgumentList $manifest, $stock, ([System.IO.Path]::Combine($folder, 'thread.img')) -ScriptBlock {
            param([string] $Manifest, [string] $Stock, [string] $Live)
            Import-Module $Manifest
            New-RpiLiveImage $Stock $Live -CompressionLevel 1 -WarningAction SilentlyContinue
        }
        $image = $job | Receive-Job -Wait -AutoRemoveJob
        ($image | Add-RpiLiveZram).Zram.Percent | Should -Be 50
    }

    It 'makes an image in another process, whose object every cmdlet takes' -Skip:(-not (Get-Command Start-ThreadJob -ErrorAction Ignore)) {
        $job = Start-Job -ArgumentList $manifest, $stock, ([System.IO.Path]::Combine($folder, 'job.img')) -ScriptBlock {
            param([string] $Manifest, [string] $Stock, [string] $Live)
            Import-Module $Manifest
            New-RpiLiveImage $Stock $Live -CompressionLevel 1 -WarningAction SilentlyContinue
        }
        $image = $job | Receive-Job -Wait -AutoRemoveJob
        $image.PSTypeNames | Should -Contain 'Deserialized.RpiLive.RpiLiveImage'
        ($image | Set-RpiLivePersistence -Preset Logs -Label LOGS | Add-RpiLiveZram).Zram.Percent | Should -Be 50
    }
}
