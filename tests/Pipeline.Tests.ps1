BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $folder = "$TestDrive"
    $live = New-LiveImage $folder
    $bracket = New-LiveImage $folder '[live].img'
    $missing = [System.IO.Path]::Combine($folder, 'missing.img')
}

# Every cmdlet that takes live images, with what makes it do the same at each call, and where its output names the image.
Describe '<Name>' -ForEach @(
    @{ Name = 'Get-RpiLiveImage'; Arguments = @{}; Property = 'Path' }
    @{ Name = 'Set-RpiLivePersistence'; Arguments = @{ Preset = 'Logs'; Target = 'Usb'; Label = 'LOGS' }; Property = 'Path' }
    @{ Name = 'Remove-RpiLivePersistence'; Arguments = @{ All = $true }; Property = 'Path' }
    @{ Name = 'Add-RpiLiveZram'; Arguments = @{ Force = $true }; Property = 'Path' }
    @{ Name = 'Remove-RpiLiveZram'; Arguments = @{}; Property = 'Path' }
    @{ Name = 'Get-RpiModel'; Arguments = @{ Name = 'Pi 400' }; Property = 'ImagePath' }
    @{ Name = 'Test-RpiLiveImage'; Arguments = @{ Category = 'Settings' }; Property = 'Path' }
) {
    It 'takes a string' {
        ($live | & $Name @Arguments).$Property | Should -Be $live
    }

    It 'takes a file, by its literal path' {
        ([System.IO.FileInfo]::new($bracket) | & $Name @Arguments).$Property | Should -Be $bracket
    }

    It 'takes an image, by its literal path' {
        (Get-RpiLiveImage -LiteralPath $bracket | & $Name @Arguments).$Property | Should -Be $bracket
    }

    It 'takes an image from another computer' {
        $image = ConvertTo-Deserialized (Get-RpiLiveImage -LiteralPath $bracket)
        $image.PSTypeNames | Should -Contain 'Deserialized.RpiLive.RpiLiveImage'
        ($image | & $Name @Arguments).$Property | Should -Be $bracket
    }

    It 'takes any object with a property <_>' -ForEach 'LiteralPath', 'PSPath', 'FullName', 'LP' {
        ([pscustomobject] @{ $_ = $bracket } | & $Name @Arguments).$Property | Should -Be $bracket
    }

    It 'takes any object with a property Path, whose wildcards it expands' {
        ([pscustomobject] @{ Path = [System.IO.Path]::Combine($folder, 'l*.img') } | & $Name @Arguments).$Property | Should -Be $live
    }

    It 'takes several from the pipeline, and gives an object for each' {
        @($live, $live | & $Name @Arguments).$Property | Should -Be @($live, $live)
        @(Get-RpiLiveImage -LiteralPath $live, $bracket | & $Name @Arguments).$Property | Should -Be @($live, $bracket)
    }

    It 'takes several as -Path and as -LiteralPath' {
        @(& $Name -Path $live, $live @Arguments).$Property | Should -Be @($live, $live)
        @(& $Name -LiteralPath $bracket, $live @Arguments).$Property | Should -Be @($bracket, $live)
    }

    It 'takes the path in first place' {
        (& $Name $live @Arguments).$Property | Should -Be $live
    }

    It 'expands wildcards in -Path' {
        @(& $Name -Path ([System.IO.Path]::Combine($folder, '*ive*.img')) @Arguments).$Property | Should -Contain $live
        @(& $Name -Path ([System.IO.Path]::Combine($folder, '*ive*.img')) @Arguments).$Property | Should -Contain $bracket
        @(& $Name -Path ([System.IO.Path]::Combine($folder, '[l]ive.img')) @Arguments).$Property | Should -Be $live
    }

    It 'takes brackets for themselves in -LiteralPath, and escaped in -Path' {
        (& $Name -LiteralPath $bracket @Arguments).$Property | Should -Be $bracket
        (& $Name -Path ([System.IO.Path]::Combine($folder, '`[live`].img')) @Arguments).$Property | Should -Be $bracket
    }

    It 'takes a path from the current location' {
        $found = Invoke-At $folder {
            & $Name live.img @Arguments
            & $Name -LiteralPath '[live].img' @Arguments
            [System.IO.Path]::Combine('.', 'live.img') | & $Name @Arguments
        }
        $found.$Property | Should -Be @($live, $bracket, $live)
    }

    It 'goes on after an error' {
        $output = @($missing, $live, $folder, $live | & $Name @Arguments -ErrorAction SilentlyContinue -ErrorVariable failed)
        $output.$Property | Should -Be @($live, $live)
        @($failed | ForEach-Object { $_.FullyQualifiedErrorId -replace ',.*' }) | Should -Be @('PathNotFound', 'PathNotFile')
        $failed.TargetObject | Should -Be @($missing, $folder)
    }

    It 'ends at the first error with -ErrorAction Stop' {
        $errors = @(Get-ScriptError { $missing, $live | & $Name @Arguments -ErrorAction Stop })
        $errors | Should -HaveCount 1
        $errors[0].TargetObject | Should -Be $missing
    }
}

Describe 'The whole line' {
    It 'makes, changes and tests an image' {
        $stock = New-StockImage $folder 'line.img'
        $out = [System.IO.Path]::Combine($folder, 'line')
        $report = $stock |
            New-RpiLiveImage -DestinationPath "$out/" -CompressionLevel 1 -WarningAction SilentlyContinue |
            Set-RpiLivePersistence -Directory /home -Target Partition -Size 16MB |
            Add-RpiLiveZram -Algorithm zstd |
            Test-RpiLiveImage
        $report.Path | Should -Be ([System.IO.Path]::Combine($out, 'line-live.img'))
        $report.Checks.Where{ $_.Result -eq 'Failed' }.Message | Should -BeNullOrEmpty
        $report.IsValid | Should -BeTrue
        $image = $report | Get-RpiLiveImage
        "$($image.KeepRules)" | Should -Be '/home (Overlay on partition)'
        $image.Zram.Algorithm | Should -Be 'zstd'
    }
}
